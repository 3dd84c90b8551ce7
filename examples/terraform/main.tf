# One Airbyte source and one connection for each file in configs/.
# A file is called <business unit>.<job>.json and holds a complete config whose secrets are
# placeholders; the real ones come from var.secrets. See docs/deploy.md.

terraform {
  required_version = ">= 1.5"
  required_providers {
    airbyte = {
      source  = "airbytehq/airbyte"
      version = "~> 1.0"
    }
  }
}

provider "airbyte" {
  server_url    = var.airbyte_api_url
  client_id     = var.airbyte_client_id
  client_secret = var.airbyte_client_secret
}

locals {
  files = fileset("${path.module}/configs", "*.json")

  # "north.nightly" => what its file holds
  configs = { for file in local.files :
    trimsuffix(file, ".json") => jsondecode(file("${path.module}/configs/${file}"))
  }

  # "north.nightly" => "north"
  units = { for name in keys(local.configs) : name => split(".", name)[0] }

  nightly = { for name in keys(local.configs) : name => endswith(name, ".nightly") }

  # Five minutes between the starts of the nightly connections, so that they do not sign in at once.
  places = { for place, name in [for name in sort(keys(local.configs)) : name if local.nightly[name]] :
    name => place
  }

  # The entries of the form's field Report, as the connector's repository writes them: make catalog.
  menu = jsondecode(file("${path.module}/menu.json"))

  # What a config chooses in Report; the standard entries if it chooses nothing.
  reports = { for name, config in local.configs : name => try(config.details.reports, []) }
  chosen = { for name, reports in local.reports : name => [
    for entry in local.menu : entry if length(reports) == 0 ? entry.standard : contains(reports, entry.title)
  ] }
  dated = { for name, entries in local.chosen : name => [for entry in entries : entry.stream if entry.dated] }
  lists = { for name, entries in local.chosen : name => [for entry in entries : entry.stream if !entry.dated] }

  # As the connector names them; of two entries that give the same name it calls the second ..._2.
  downloads = { for name, config in local.configs : name => [
    for entry in try(config.details.data_downloads, []) :
    "data_download_${replace(lower(entry), "/[^a-z0-9]+/", "_")}"
    if length(local.reports[name]) == 0 || contains(local.reports[name], "Data Download")
  ] }
  custom = { for name, config in local.configs : name => [
    for entry in try(config.details.custom_reports, []) :
    "custom_report_${replace(lower(entry), "/[^a-z0-9]+/", "_")}"
    if length(local.reports[name]) == 0 || contains(local.reports[name], "Custom inContact Report")
  ] }

  # Reports without dates belong in the nightly connection alone: a backfill would only repeat them.
  incremental = { for name in keys(local.configs) : name => concat(local.dated[name], local.downloads[name]) }
  refreshed = { for name in keys(local.configs) : name =>
    local.nightly[name] ? concat(local.lists[name], local.custom[name]) : []
  }
}

resource "airbyte_source" "incontact" {
  for_each = local.configs

  name          = "inContact ${each.key}"
  workspace_id  = var.workspace_id
  definition_id = var.definition_id
  configuration = jsonencode(merge(each.value, {
    credentials = merge(each.value.credentials, var.secrets[local.units[each.key]])
  }))
}

resource "airbyte_connection" "incontact" {
  for_each = local.configs

  name           = "inContact ${each.key}"
  source_id      = airbyte_source.incontact[each.key].source_id
  destination_id = var.destination_id

  # A schema of its own for each connection: two connections never write the same table.
  namespace_definition                 = "custom_format"
  namespace_format                     = "incontact_${replace(each.key, "/[^a-z0-9]+/", "_")}"
  non_breaking_schema_updates_behavior = "propagate_columns"

  # Backfills are started by hand. Airbyte's cron begins with the seconds; the times are UTC.
  schedule = local.nightly[each.key] ? {
    schedule_type   = "cron"
    cron_expression = "0 ${local.places[each.key] * 5 % 60} ${var.nightly_hour_utc + floor(local.places[each.key] / 12)} * * ?"
    } : {
    schedule_type   = "manual"
    cron_expression = null
  }

  configurations = {
    streams = concat(
      [for stream in local.incremental[each.key] : {
        name      = stream
        sync_mode = "incremental_deduped_history"
      }],
      [for stream in local.refreshed[each.key] : {
        name      = stream
        sync_mode = "full_refresh_overwrite"
      }],
    )
  }
}

output "connections" {
  description = "Connection ids by the name of their config."
  value       = { for name, connection in airbyte_connection.incontact : name => connection.connection_id }
}
