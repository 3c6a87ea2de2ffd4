"""Les durées de conservation : ce qui s'efface, au bout de combien de temps, après avoir prévenu qui."""
