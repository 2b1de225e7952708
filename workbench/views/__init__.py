"""What people see; the only room that imports ipywidgets or plotly."""
