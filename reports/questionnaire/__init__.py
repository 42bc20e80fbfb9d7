"""A study's questionnaire in the forms that survey platforms and printers take."""
