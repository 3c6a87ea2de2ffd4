"""Les verbes : `preparation` (jusqu'à la signature), `depart` (notifier), `apres` (retirer, réexaminer)."""
