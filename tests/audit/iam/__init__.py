"""Who may do what? The policies of a template, evaluated."""
