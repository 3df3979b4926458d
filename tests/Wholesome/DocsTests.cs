using Agency.Tests.Portal;
using Agency.Tests.Support;

namespace Agency.Tests.Wholesome;

/// <summary>The reference for people is whole, and asks nothing of anyone but the service.</summary>
public sealed class DocsTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task The_reference_shows_the_contract_and_no_request_leaves_the_service()
    {
        await using var service = await TestService.StartAsync();
        var address = service.Anonymous.BaseAddress!;
        await using var window = await chromium.OpenAsync(address, "en");
        var (requests, complaints) = (new List<Uri>(), new List<string>());
        window.Request += (_, request) => requests.Add(new Uri(request.Url));
        var page = await window.NewPageAsync();
        page.Console += (_, message) => complaints.AddRange(message.Text.Contains("Content Security Policy", StringComparison.Ordinal) ? [message.Text] : []);
        page.PageError += (_, error) => complaints.Add(error);

        await page.GotoAsync("/docs");
        await page.GetByText("Outsourced debt collection between banks and collection agencies").First.WaitForAsync();
        await page.GetByText("Overdue debts as the bank pushed them").First.WaitForAsync();

        Assert.Contains(requests, request => request.AbsolutePath == "/openapi.yaml");
        Assert.All(requests, request => Assert.True(request.Scheme is "data" or "blob" || request.Authority == address.Authority, request.AbsoluteUri));
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task The_reference_runs_no_script_but_its_own()
    {
        await using var service = await TestService.StartAsync();

        var policies = new List<string>();
        for (var ask = 0; ask < 2; ask++)
        {
            using var answer = await service.Anonymous.GetAsync(new Uri("/docs/", UriKind.Relative));
            policies.Add(Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
            var nonce = policies[ask].Split("'nonce-")[1].Split('\'')[0];
            Assert.Contains($"nonce=\"{nonce}\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.NotEqual(policies[0], policies[1]);
        Assert.All(policies, policy => Assert.Contains("default-src 'none'; script-src 'nonce-", policy, StringComparison.Ordinal));
        Assert.All(policies, policy => Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal));
    }
}
