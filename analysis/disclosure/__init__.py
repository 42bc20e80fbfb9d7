"""What may be shown of groups: small ones hidden, figures coarsened, leaks closed. Imports `gaps` and below."""
