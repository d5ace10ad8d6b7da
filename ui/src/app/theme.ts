import { createTheme, Tooltip } from "@mantine/core";

/** What is a value here must be a default of Mantine's stylesheet, or a variable in panel.css. */
export const theme = createTheme({
  components: {
    Tooltip: Tooltip.extend({
      defaultProps: { events: { hover: true, focus: true, touch: true }, multiline: true, maw: 320, withArrow: true },
    }),
  },
});
