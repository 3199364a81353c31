/** How this program is installed, for the advice of messages. It is not on the public registry. */
export const HOW_TO_INSTALL =
  "npm install -g PATH, where PATH is its package (defcon-fiji-….tgz) or a clone in which npm run build was run";
