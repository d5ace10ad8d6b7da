/** Rows of a page of a list: what is asked ahead must ask for as many as the list itself. */
export const PAGE_SIZE = 50;
