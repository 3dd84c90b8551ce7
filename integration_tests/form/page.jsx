// The form of spec.json, as a JSON-schema form library makes it. What is entered lies in
// window.entered, and what the library's validation says in window.problems after a submit.
import React from "react";
import { createRoot } from "react-dom/client";
import Form from "@rjsf/core";
import validator from "@rjsf/validator-ajv8";

const uiSchema = { details: { reports: { "ui:widget": "checkboxes" } } };

window.showForm = (schema) => {
  // Airbyte shows an array of enum as check boxes; this library does so if its items are unique.
  schema.properties.details.properties.reports.uniqueItems = true;
  delete schema.$schema;
  window.entered = {};
  window.problems = undefined;
  const root = createRoot(document.getElementById("form"));
  root.render(
    <Form
      schema={schema}
      uiSchema={uiSchema}
      validator={validator}
      noHtml5Validate
      onChange={({ formData }) => { window.entered = formData; }}
      onSubmit={({ formData }) => { window.entered = formData; window.problems = []; }}
      onError={(errors) => { window.problems = errors.map((error) => error.stack); }}
    />
  );
};
