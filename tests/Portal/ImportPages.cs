using System.Net;
using System.Text.RegularExpressions;
using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Portal;

/// <summary>A bank's analyst opens a portfolio, sends a file, says what its columns are, and mends what was rejected.</summary>
[Collection(SharedPortal.Name)]
public sealed partial class ImportPages(PortalService portal)
{
    private const string Analyst = "analyst@harbour.example";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_is_previewed_mapped_loaded_mended_and_sent_again()
    {
        using var visitor = new Visitor(portal.Address);
        var portfolio = await NewPortfolioAsync(visitor, "Spring cards");
        Assert.Contains("The portfolio is there.", portfolio.Html, StringComparison.Ordinal);

        var form = await visitor.OpenAsync($"{portfolio.Address.AbsolutePath}/import");
        var mark = Guid.CreateVersion7().ToString("N")[^8..];
        var file = $"客户号,户主,借据号,手机号,剩余本金,逾期日期,备注\nC{mark}1,王小明,{mark}-1,+8610000000001,100000,2025-11-30,VIP\nC{mark}2,李小红,{mark}-2,+8610000000002,x,2025-12-31,\n";
        var preview = await visitor.UploadAsync(form, form.Address.AbsolutePath, "accounts.csv", file, ("mode", "new"), ("asOf", "2026-01-31"));
        Assert.EndsWith("/start", preview.Address.AbsolutePath, StringComparison.Ordinal);
        Assert.Contains("Still missing: Debtor name", preview.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("王小明", preview.Html, StringComparison.Ordinal);

        // What was chosen stays where the API refuses it.
        var refused = await StartAsync(visitor, preview, "debtor_reference", "", "account_number", "phone", "principal", "oldest_due_date", "-");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains("There is no such column.", refused.Html, StringComparison.Ordinal);
        Assert.Single(Selected("account_number").Matches(refused.Html));

        var started = await StartAsync(visitor, refused, "debtor_reference", "debtor_name", "account_number", "phone", "principal", "oldest_due_date", "-");
        var done = await FinishedAsync(visitor, started);
        Assert.Contains("<progress max=\"100\" value=\"100\"", done.Html, StringComparison.Ordinal);
        Assert.Contains("Write the amount as an integer", done.Html, StringComparison.Ordinal);
        Assert.Matches("<dt>Loaded</dt><dd>1</dd>", done.Html);

        var rejected = await visitor.OpenAsync($"{done.Address.AbsolutePath}?handler=RejectedRows");
        Assert.Equal("text/csv", rejected.Answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains($",C{mark}2,李小红,{mark}-2,'+8610000000002,x,", rejected.Html, StringComparison.Ordinal);

        var anew = await visitor.OpenAsync(form.Address.AbsolutePath);
        var again = await visitor.UploadAsync(anew, form.Address.AbsolutePath, "rejected.csv", rejected.Html.Replace(",x,", ",7,", StringComparison.Ordinal), ("mode", "new"));
        Assert.DoesNotContain("Still missing", again.Html, StringComparison.Ordinal);
        var mended = await FinishedAsync(visitor, await StartAsync(visitor, again, [.. Chosen().Matches(again.Html).Select(match => match.Groups["it"].Value)]));
        Assert.Matches("<dt>Loaded</dt><dd>1</dd>", mended.Html);
        Assert.Contains("Spring cards", (await visitor.OpenAsync(portfolio.Address.AbsolutePath)).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_without_a_file_comes_back_with_what_was_filled_in()
    {
        using var visitor = new Visitor(portal.Address);
        var portfolio = await NewPortfolioAsync(visitor, "Nothing sent");
        var form = await visitor.OpenAsync($"{portfolio.Address.AbsolutePath}/import");
        var refused = await visitor.UploadAsync(form, form.Address.AbsolutePath, "", "", ("mode", "both"), ("asOf", "2026-01-31"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains("Choose a file.", refused.Html, StringComparison.Ordinal);
        Assert.Contains("value=\"2026-01-31\"", refused.Html, StringComparison.Ordinal);
        Assert.Single(Selected("both").Matches(refused.Html));
    }

    [Fact]
    public async Task A_form_sent_twice_stages_one_file_and_a_forged_one_none()
    {
        using var visitor = new Visitor(portal.Address);
        var portfolio = await NewPortfolioAsync(visitor, "Twice");
        var form = await visitor.OpenAsync($"{portfolio.Address.AbsolutePath}/import");
        var first = await visitor.UploadAsync(form, form.Address.AbsolutePath, "a.csv", Story.Csv(1, "T"), ("mode", "new"));
        var second = await visitor.UploadAsync(form, form.Address.AbsolutePath, "a.csv", Story.Csv(1, "T"), ("mode", "new"));
        Assert.Equal(first.Address, second.Address);

        var forged = form with { Html = form.Html.Replace("name=\"__RequestVerificationToken\"", "name=\"forged\"", StringComparison.Ordinal) };
        Assert.Equal(HttpStatusCode.BadRequest, (await visitor.UploadAsync(forged, form.Address.AbsolutePath, "a.csv", Story.Csv(2, "U"), ("mode", "new"))).Status);
        Assert.Single((await new AgencyClient(portal.Api.For("harbour")).Imports.ListPageAsync(Guid.Parse(portfolio.Address.Segments[^1]), cancellationToken: Token)).Items);
    }

    [Fact]
    public async Task A_staged_import_is_cancelled_and_its_preview_leads_to_what_became_of_it()
    {
        using var visitor = new Visitor(portal.Address);
        var portfolio = await NewPortfolioAsync(visitor, "Cancelled");
        var form = await visitor.OpenAsync($"{portfolio.Address.AbsolutePath}/import");
        var preview = await visitor.UploadAsync(form, form.Address.AbsolutePath, "a.csv", Story.Csv(1, "V"), ("mode", "new"));
        var import = preview.Address.AbsolutePath[..^"/start".Length];
        var cancelled = await visitor.SubmitAsync(preview, $"{import}?handler=Cancel");
        Assert.Contains("The import was cancelled and its file deleted; 0 rows", cancelled.Html, StringComparison.Ordinal);
        Assert.Equal(import, (await visitor.OpenAsync($"{import}/start")).Address.AbsolutePath);
    }

    [Fact]
    public async Task A_file_larger_than_the_server_s_own_limit_is_passed_on()
    {
        using var visitor = new Visitor(portal.Address);
        var portfolio = await NewPortfolioAsync(visitor, "Large");
        var form = await visitor.OpenAsync($"{portfolio.Address.AbsolutePath}/import");
        var large = Story.Csv(1, "W") + string.Concat(Enumerable.Repeat(new string('\n', 1000), 40_000));
        Assert.EndsWith("/start", (await visitor.UploadAsync(form, form.Address.AbsolutePath, "large.csv", large, ("mode", "new"))).Address.AbsolutePath, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_not_send_files_is_not_offered_to_and_another_bank_finds_nothing()
    {
        using var visitor = new Visitor(portal.Address);
        var portfolio = await NewPortfolioAsync(visitor, "Hidden");
        using var approver = new Visitor(portal.Address);
        Assert.DoesNotContain("Import accounts", (await approver.SignInAsync("approver@harbour.example", portfolio.Address.AbsolutePath)).Html, StringComparison.Ordinal);
        using var other = new Visitor(portal.Address);
        Assert.Equal(HttpStatusCode.NotFound, (await other.SignInAsync("analyst@summit.example", portfolio.Address.AbsolutePath)).Status);
    }

    private static async Task<Page> NewPortfolioAsync(Visitor visitor, string name)
    {
        var list = await visitor.SignInAsync(Analyst, "/portfolios");
        var made = await visitor.SubmitAsync(list, "/portfolios", ("name", name), ("currency", "CNY"));
        Assert.Matches("^/portfolios/[0-9a-f-]{36}$", made.Address.AbsolutePath);
        return made;
    }

    private static Task<Page> StartAsync(Visitor visitor, Page preview, params string[] columns) =>
        visitor.SubmitAsync(preview, preview.Address.AbsolutePath, [.. columns.Select(column => ("column", column))]);

    private static Task<Page> FinishedAsync(Visitor visitor, Page import) =>
        Eventually.ReadAsync(() => visitor.OpenAsync(import.Address.AbsolutePath), page => !page.Html.Contains("data-under-way=\"true\"", StringComparison.Ordinal));

    private static Regex Selected(string value) => new($"<option value=\"{value}\" selected", RegexOptions.None, TimeSpan.FromSeconds(1));

    // One a select: what is selected, or the choice that nothing was made.
    [GeneratedRegex("<select name=\"column\"(?:(?!</select>).)*?(?:<option value=\"(?<it>[^\"]*)\" selected(?:(?!</select>).)*)?</select>", RegexOptions.Singleline)]
    private static partial Regex Chosen();
}
