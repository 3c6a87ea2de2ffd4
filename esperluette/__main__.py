"""`python -m esperluette` vaut la commande `esperluette`."""

from esperluette.config.commande import principal

if __name__ == "__main__":
    principal()
