using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Agency.Tests.Http;
using Agency.Tests.Portal;
using Agency.Tests.Support;
using Microsoft.Playwright;
using static Agency.Tests.CommissionStatements.StatementDeeds;
using GetCsv = Agency.Api.Statements.GetCsv;

namespace Agency.Tests.CommissionStatements;

/// <summary>A statement as a file: CSV that a spreadsheet can't be tricked by, and a page to print and sign. Raw for languages and tags of a file.</summary>
public sealed partial class FileTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task The_CSV_has_a_record_a_line_the_adjustments_and_a_trailer_with_the_sums()
    {
        var (story, draft) = await AtDraftAsync();
        await using var disposed = story;
        await story.DoAsync(draft.Id, "issuance", "dispute", "reissue");

        var csv = await (await story.Harbour.Statements.GetCsvAsync(draft.Id)).TextAsync();

        var rows = csv.TrimEnd().Split("\r\n").Select(row => row.Split(',')).ToList();
        Assert.Equal(["record", "line", "line", "adjustment", "trailer"], rows.Select(row => row[0]));
        Assert.All(rows, row => Assert.Equal(rows[0].Length, row.Length));
        Assert.Equal("2|3", string.Join('|', rows[2][1], rows[4][1]));
        Assert.Equal(["300.00", "60.00"], [Cell(2, "amount"), Cell(2, "commission")]);
        Assert.Equal(["A-2", "M2", "2000", "CNY", "2026-03-02"], [Cell(2, "account_number"), Cell(2, "cycle"), Cell(2, "basis_points"), Cell(2, "currency"), Cell(2, "paid_on")]);
        Assert.Equal(["-5.00", "1", "Paid at the counter"], [Cell(3, "commission"), Cell(3, "original_line"), Cell(3, "explanation")]);
        Assert.Equal(["500.00", "75.00"], [Cell(4, "amount"), Cell(4, "commission")]);

        // The version before is there as it was.
        var first = await (await story.Swift.Statements.GetCsvAsync(draft.Id, 1)).TextAsync();
        Assert.DoesNotContain("adjustment", first, StringComparison.Ordinal);
        Assert.Contains("trailer,2,", first, StringComparison.Ordinal);
        Assert.Contains(",80.00,,,", first, StringComparison.Ordinal);

        string Cell(int row, string column) => rows[row][rows[0].IndexOf(column)];
    }

    [Fact]
    public async Task Amounts_have_the_currency_s_digits()
    {
        await using var story = await AtCasesAsync(Terms(Rate("M1", 1_000)));
        await story.PlaceAsync(Terms(Rate("M1", 1_000)), Csv(("J-1", 100_000)), "JPY");
        await story.PlaceAsync(Terms(Rate("M1", 1_000)), Csv(("K-1", 100_000)), "KWD");
        await story.EarnAsync("J-1", 1_230);
        await story.EarnAsync("K-1", 1_230);
        await story.EndMonthAsync();

        Assert.Contains(",JPY,1230,0,123,0,0,123,", await CsvAsync("JPY"), StringComparison.Ordinal);
        Assert.Contains(",KWD,1.230,0.000,0.123,0.000,0.000,0.123,", await CsvAsync("KWD"), StringComparison.Ordinal);

        async Task<string> CsvAsync(string currency) => await (await story.Harbour.Statements.GetCsvAsync((await story.StatementAsync(3, currency)).Id)).TextAsync();
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+86 10", "'+86 10")]
    [InlineData("-5", "'-5")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("＝1+1", "'＝1+1")]
    [InlineData(" =1", "' =1")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("\r1", "\"'\r1\"")]
    [InlineData("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a=b", "a=b")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public void Text_is_quoted_and_never_taken_for_a_formula(string? text, string cell) => Assert.Equal(cell, GetCsv.Cell(text));

    [Fact]
    public async Task Formulas_of_either_side_stay_text_in_the_file()
    {
        var (story, draft) = await AtDraftAsync();
        await using var disposed = story;
        await story.DoAsync(draft.Id, "issuance", "dispute");
        var reissue = Adjusted(-1);
        reissue.Adjustments![0].Reason = "=cmd|' /C calc'!A0";
        await story.Swift.Statements.ReissueAsync(draft.Id, reissue);

        Assert.Contains(",'=cmd|' /C calc'!A0", await (await story.Harbour.Statements.GetCsvAsync(draft.Id)).TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_are_of_a_version_that_exists_and_a_draft_has_none()
    {
        var (story, draft) = await AtDraftAsync();
        await using var disposed = story;
        Assert.Contains("trailer,2,", await (await story.Harbour.Statements.GetCsvAsync(draft.Id)).TextAsync(), StringComparison.Ordinal);
        await story.RefusesAsync(404, "statement.version_not_found", () => story.Harbour.Statements.GetCsvAsync(draft.Id, 1));
        await story.DoAsync(draft.Id, "issuance");
        await story.RefusesAsync(404, "statement.version_not_found", () => story.Harbour.Statements.GetDocumentAsync(draft.Id, 2));
        await story.RefusesAsync(404, "statement.version_not_found", () => story.Harbour.Statements.GetDocumentAsync(draft.Id, 0));
        await story.HidesAsync("statement.not_found", draft.Id, id => story.Lantern.Statements.GetCsvAsync(id));
    }

    [Fact]
    public async Task A_file_that_the_caller_has_is_not_sent_again_and_another_language_is_another_file()
    {
        var (story, draft) = await AtDraftAsync();
        await using var disposed = story;
        foreach (var kind in new[] { "csv", "document" })
        {
            var path = $"/v1/statements/{draft.Id}/{kind}";
            var english = (await story.Harbour.Http.CallAsync("GET", path)).Is(200);
            var chinese = (await story.Harbour.Http.CallAsync("GET", path, (string?)null, ("Accept-Language", "zh-CN"))).Is(200);
            Assert.NotEqual(english.ETag, chinese.ETag);
            Assert.Empty((await story.Harbour.Http.CallAsync("GET", path, (string?)null, ("If-None-Match", english.ETag!))).Is(304).Bytes);
            (await story.Harbour.Http.CallAsync("GET", path, (string?)null, ("If-None-Match", chinese.ETag!))).Is(200);
        }
    }

    [Fact]
    public async Task The_page_loads_nothing_runs_nothing_and_says_so_in_its_policy()
    {
        var (story, draft) = await AtDraftAsync();
        await using var disposed = story;
        using var answer = await story.Harbour.Http.GetAsync(new Uri($"/v1/statements/{draft.Id}/document", UriKind.Relative), TestContext.Current.CancellationToken);
        var page = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Matches("^default-src 'none'; style-src 'sha256-[^']+'; ", policy);
        Assert.DoesNotMatch(Foreign(), page);
        Assert.Contains("<thead>", page, StringComparison.Ordinal);
        Assert.Equal("inline; filename=statement-2026-03-CNY-v0.html", answer.Content.Headers.ContentDisposition!.ToString());
        Assert.Contains("Accept-Language", answer.Headers.Vary);
    }

    [Theory]
    [InlineData("en", "Statement of commission", "March 2026", "Total to pay")]
    [InlineData("zh-CN", "佣金对账结算单", "2026 年 3 月", "应付合计")]
    public async Task A_browser_shows_the_page_as_it_is_styled_and_prints_it(string language, string title, string month, string total)
    {
        var (story, draft) = await AtDraftAsync();
        await using var disposed = story;
        await story.DoAsync(draft.Id, "issuance", "dispute", "reissue");
        await using var window = await chromium.OpenAsync(story.Service.Address, language);
        await window.SetExtraHTTPHeadersAsync(new Dictionary<string, string>(StringComparer.Ordinal) { ["Authorization"] = $"Bearer {await story.Service.TokenForAsync("harbour")}" });
        var tab = await window.NewPageAsync();
        List<string> complaints = [];
        tab.Console += (_, message) => complaints.Add(message.Text);
        tab.Request += (_, request) => complaints.AddRange(request.Url.Contains("/document", StringComparison.Ordinal) ? [] : [request.Url]);

        await tab.GotoAsync($"/v1/statements/{draft.Id}/document");

        Assert.Equal(title, await tab.Locator("h1").InnerTextAsync());
        Assert.Contains(month, await tab.Locator(".month").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains(total, await tab.Locator("dl").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal("CNY 75.00", await tab.Locator(".total").InnerTextAsync());
        Assert.Equal(2, await tab.Locator(".lines > tbody:first-of-type > tr").CountAsync());
        Assert.Equal("collapse", await tab.Locator(".lines").EvaluateAsync<string>("e => getComputedStyle(e).borderCollapse"));
        Assert.Equal("table-header-group", await tab.Locator(".lines thead").EvaluateAsync<string>("e => getComputedStyle(e).display"));
        Assert.DoesNotContain(complaints, c => !c.Contains("favicon", StringComparison.Ordinal));
        Assert.True((await tab.PdfAsync(new PagePdfOptions { PreferCSSPageSize = true })).Length > 1_000);
    }

    [Fact]
    public async Task Names_and_reasons_are_text_on_the_page()
    {
        var (story, draft) = await AtDraftAsync();
        await using var disposed = story;
        await story.DoAsync(draft.Id, "issuance", "dispute");
        var reissue = Adjusted(-1);
        reissue.Adjustments![0].Reason = "<script>alert(1)</script>";
        await story.Swift.Statements.ReissueAsync(draft.Id, reissue);

        var page = await (await story.Harbour.Statements.GetDocumentAsync(draft.Id)).TextAsync();

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;alert(1)", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_statement_of_five_thousand_lines_is_drafted_and_sent_whole()
    {
        await using var story = await AtCasesAsync(Terms(Rate("M1", 1_000)), 1);
        await story.EarnAsync("A-1", 1);
        Multiply(story, 4_999);
        await story.EndMonthAsync();
        var statement = await story.StatementAsync(3);

        Assert.Equal((5_000, 5_000), (statement.LineCount, statement.Amount.Amount));
        var csv = await (await story.Harbour.Statements.GetCsvAsync(statement.Id)).TextAsync();
        Assert.Equal(5_002, csv.TrimEnd().Split("\r\n").Length);
        Assert.Equal(Enumerable.Range(1, 5_000), csv.TrimEnd().Split("\r\n")[1..^1].Select(row => int.Parse(row.Split(',')[1], CultureInfo.InvariantCulture)));
        var page = await (await story.Swift.Statements.GetDocumentAsync(statement.Id)).TextAsync();
        Assert.Equal(5_000, Row().Count(page));
    }

    // As many repayments more like the first.
    private static void Multiply(Story story, int times)
    {
        using var connection = story.Service.Database.OpenRaw();
        using var command = connection.CreateCommand();
        command.CommandText = """
            CREATE TEMP TABLE n AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < @times) SELECT n, randomblob(16) AS id FROM c;
            INSERT INTO base_repayment (bank_id, id, agency_id, case_id, account_id, amount, currency, paid_on, over_balance, reported_at)
            SELECT r.bank_id, n.id, r.agency_id, r.case_id, r.account_id, r.amount, r.currency, r.paid_on, 0, r.reported_at FROM base_repayment AS r, n;
            INSERT INTO base_repayment_decision (bank_id, repayment_id, decision, agency_id, overpaid, decided_at)
            SELECT r.bank_id, n.id, 'confirmed', r.agency_id, 0, r.reported_at FROM base_repayment AS r, n WHERE r.id = n.id;
            """;
        command.Parameters.AddWithValue("@times", times);
        command.ExecuteNonQuery();
    }

    [GeneratedRegex("https?://|<script|<img|<link|@import|url\\(|\\son[a-z]+=|style=", RegexOptions.IgnoreCase)]
    private static partial Regex Foreign();

    [GeneratedRegex("<tr><td class=\"n\">\\d+</td><td>2026-")]
    private static partial Regex Row();
}
