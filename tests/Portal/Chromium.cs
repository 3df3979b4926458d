using Microsoft.Playwright;

namespace Agency.Tests.Portal;

/// <summary>The machine's own browser, one a run of the browser tests. Where there is none those tests are skipped, and counted so.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string? Executable = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    private IPlaywright? playwright;
    private IBrowser? browser;

    public async ValueTask InitializeAsync()
    {
        if (Executable is null)
        {
            return;
        }

        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Executable,
            ChromiumSandbox = false,
            Args = ["--no-sandbox", "--lang=en-US", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    /// <summary>A window of its own cookies, as one person has set up theirs.</summary>
    public async Task<IBrowserContext> OpenAsync(Uri address, string language = "zh-CN", ColorScheme theme = ColorScheme.Light, int width = 1280, bool scripts = true)
    {
        Assert.SkipWhen(browser is null, "There is no chromium on PATH: apt-get install chromium");
        return await browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address.AbsoluteUri,
            Locale = language,
            ColorScheme = theme,
            JavaScriptEnabled = scripts,
            ViewportSize = new ViewportSize { Width = width, Height = 800 },
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }

        playwright?.Dispose();
    }
}
