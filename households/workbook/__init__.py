"""The register as a workbook: one table of columns, the prefilled workbook of an area, and its way back."""
