"""Les gestes : enregistrer le territoire, trier les constats."""
