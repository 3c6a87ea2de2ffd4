"""Une installation entière dans un seul fichier, et le retour.

Une sauvegarde est une archive tar : la base telle qu'à un instant, les fichiers que cette base cite, un manifeste, et
les empreintes de tout. `sha256sum --check EMPREINTES.sha256` la vérifie sans Esperluette.
"""
