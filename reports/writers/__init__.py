"""Reports become files: PDF, HTML, Word, Excel, LaTeX, pictures, batches. Imports the reports."""
