import { Component, type ReactNode } from 'react';
import { useLanguage } from '../language/use-language.ts';

/** What fails while a page is drawn stays on that page; a release that replaced its file is fetched by reloading. */
export class Boundary extends Component<{ readonly children: ReactNode }, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    return this.state.hasFailed ? <Failed /> : this.props.children;
  }
}

function Failed() {
  const { t } = useLanguage();
  return (
    <div className="note fault" role="alert">
      <p>{t('page.failed')}</p>
      <button
        type="button"
        onClick={() => {
          location.reload();
        }}
      >
        {t('page.reload')}
      </button>
    </div>
  );
}
