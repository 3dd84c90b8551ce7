variable "airbyte_api_url" {
  description = "Airbyte's API: https://<your Airbyte>/api/public/v1/"
  type        = string
}

variable "airbyte_client_id" {
  description = "Client id of an Airbyte application (User settings > Applications)."
  type        = string
}

variable "airbyte_client_secret" {
  description = "Its secret."
  type        = string
  sensitive   = true
}

variable "workspace_id" {
  description = "The workspace that the sources are made in."
  type        = string
}

variable "definition_id" {
  description = "Id of the custom connector in that workspace."
  type        = string
}

variable "destination_id" {
  description = "Id of the warehouse that all connections write to."
  type        = string
}

variable "secrets" {
  description = "By business unit: the secret fields of its credentials, such as { north = { access_key_secret = \"...\" } }."
  type        = map(map(string))
  sensitive   = true
}

variable "nightly_hour_utc" {
  description = "Hour (UTC) at which the first nightly connection starts; each further one starts five minutes later."
  type        = number
  default     = 6

  validation {
    condition     = var.nightly_hour_utc >= 0 && var.nightly_hour_utc <= 20 && floor(var.nightly_hour_utc) == var.nightly_hour_utc
    error_message = "Enter a whole hour from 0 to 20."
  }
}
