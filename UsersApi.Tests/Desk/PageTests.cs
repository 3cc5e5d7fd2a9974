using PuppeteerSharp;
using UsersApi.Identity;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Desk;

/// <summary>The desk's page, in a real Chromium, by the keyboard alone.</summary>
[Category("Browser")]
public sealed class PageTests : ApiTest
{
    private static readonly LaunchOptions Chromium = new()
    {
        ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium",
        Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
    };

    [Test]
    public async Task An_operator_signs_in_explains_and_evicts_by_keyboard()
    {
        await Api.UntilItCachesAsync();
        await using var browser = await Puppeteer.LaunchAsync(Chromium);
        await using var page = await browser.NewPageAsync();
        var refusals = new List<string>();
        page.Console += (_, message) => refusals.Add(message.Message.Text);

        // Without a token there is a form, and nothing of the cache.
        await page.GoToAsync(new Uri(Api.Client.BaseAddress!, "/cache").ToString());
        Assert.That(await TextAsync(page), Does.Contain("Sign in").And.Not.Contain("Explain"));
        refusals.Clear();

        // The field has the focus.
        await page.Keyboard.TypeAsync(TestTokens.Development(Scopes.CacheAdmin));
        await PressEnterAsync(page);
        Assert.That(await TextAsync(page), Does.Contain("Explain a request").And.Contain("The cache is on"));

        // The first Tab reaches the first field.
        await page.Keyboard.PressAsync("Tab");
        Assert.That(await page.EvaluateExpressionAsync<string>("document.activeElement.name"), Is.EqualTo("target"));
        await PressEnterAsync(page);
        Assert.That(await TextAsync(page), Does.Contain("hit: hit").And.Contain("get:/api/v1/users:limit=20&skip=0"));

        await page.FocusAsync("form[action='/cache/evict'] input[name=tag]");
        await page.Keyboard.TypeAsync("users");
        await PressEnterAsync(page);
        Assert.That(await TextAsync(page), Does.Contain("Evicted, on all nodes."));

        using var missed = await Api.Anonymous.FetchAsync(Http.Users);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(missed.Headers.GetValues("Cache-Status").Single(), Does.Contain("fwd=stale"));
            Assert.That(await page.EvaluateExpressionAsync<string>("getComputedStyle(document.querySelector('table')).borderCollapse"), Is.EqualTo("collapse"), "its style is let in");
            Assert.That(refusals, Is.Empty, "the policy of contents refuses nothing");
        }

        if (Environment.GetEnvironmentVariable("DESK_SCREENSHOT") is { } file)
        {
            await page.ScreenshotAsync(file, new ScreenshotOptions { FullPage = true });
        }
    }

    private static Task PressEnterAsync(IPage page) => Task.WhenAll(page.WaitForNavigationAsync(), page.Keyboard.PressAsync("Enter"));

    private static Task<string> TextAsync(IPage page) => page.EvaluateExpressionAsync<string>("document.body.innerText");
}
