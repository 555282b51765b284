/** The look of cards in Teams. Colours are Fluent's variables, so that one configuration serves light, dark and high contrast. */
const tone = (main: string, quiet: string) => ({
  default: `var(${main})`,
  subtle: `var(${quiet})`,
  highlightColors: { default: 'var(--colorNeutralBackground3)', subtle: 'var(--colorNeutralBackground3)' },
});
const foreground = {
  default: tone('--colorNeutralForeground1', '--colorNeutralForeground3'),
  dark: tone('--colorNeutralForeground1', '--colorNeutralForeground3'),
  light: tone('--colorNeutralForeground4', '--colorNeutralForeground4'),
  accent: tone('--colorBrandForeground1', '--colorBrandForeground2'),
  good: tone('--colorPaletteGreenForeground1', '--colorPaletteGreenForeground1'),
  warning: tone('--colorPaletteMarigoldForeground1', '--colorPaletteMarigoldForeground1'),
  attention: tone('--colorPaletteRedForeground1', '--colorPaletteRedForeground1'),
};
const container = (background: string) => ({ backgroundColor: background, foregroundColors: foreground });
const plain = container('transparent');

export const hostConfig = {
  supportsInteractivity: true,
  spacing: { small: 4, default: 8, medium: 12, large: 16, extraLarge: 24, padding: 16 },
  separator: { lineThickness: 1, lineColor: 'var(--colorNeutralStroke2)' },
  fontTypes: {
    default: {
      fontFamily: 'var(--fontFamilyBase)',
      fontSizes: { small: 12, default: 14, medium: 14, large: 18, extraLarge: 24 },
      fontWeights: { lighter: 300, default: 400, bolder: 600 },
    },
    monospace: {
      fontFamily: 'var(--fontFamilyMonospace)',
      fontSizes: { small: 12, default: 14, medium: 14, large: 18, extraLarge: 24 },
      fontWeights: { lighter: 300, default: 400, bolder: 600 },
    },
  },
  containerStyles: {
    default: plain,
    emphasis: container('var(--colorNeutralBackground3)'),
    accent: container('var(--colorBrandBackground2)'),
    good: container('var(--colorPaletteGreenBackground1)'),
    warning: container('var(--colorPaletteYellowBackground1)'),
    attention: container('var(--colorPaletteRedBackground1)'),
  },
  imageSizes: { small: 32, medium: 52, large: 100 },
  actions: {
    maxActions: 6,
    spacing: 'default',
    buttonSpacing: 8,
    showCard: { actionMode: 'inline', inlineTopMargin: 12, style: 'emphasis' },
    preExpandSingleShowCardAction: false,
    actionsOrientation: 'horizontal',
    actionAlignment: 'left',
  },
  adaptiveCard: { allowCustomStyle: false },
  imageSet: { imageSize: 'medium', maxImageHeight: 100 },
  factSet: {
    title: { size: 'default', color: 'default', isSubtle: false, weight: 'bolder', wrap: true, maxWidth: 150 },
    value: { size: 'default', color: 'default', isSubtle: false, weight: 'default', wrap: true },
    spacing: 12,
  },
  inputs: {
    label: {
      inputSpacing: 'small',
      requiredInputs: { weight: 'default', color: 'default', size: 'small', suffix: ' *', suffixColor: 'attention' },
      optionalInputs: { weight: 'default', color: 'default', size: 'small' },
    },
    errorMessage: { size: 'small', color: 'attention', spacing: 'small', weight: 'default' },
  },
  textBlock: { headingLevel: 3 },
};
