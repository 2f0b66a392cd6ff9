/**
 * An image from another registry: `mirrored('federatedai/nginx:1.6.1-release', 'harbor.example.com/fate')` is
 * `harbor.example.com/fate/nginx:1.6.1-release`. A copy made by pull and push has another digest.
 */
export const mirrored = (image: string, registry: string): string =>
  `${registry}/${withoutDigest(image.slice(image.lastIndexOf('/') + 1))}`;

/** `nginx:1@sha256:…` is `nginx:1`. */
export const withoutDigest = (image: string): string => image.replace(/@.*/, '');
