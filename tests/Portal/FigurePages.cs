using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Agency.Portal.Pages.Figures;
using Agency.Sdk;
using Agency.Tests.Support;
using Microsoft.Playwright;

namespace Agency.Tests.Portal;

/// <summary>A portal of its own, before cases on which money came and went.</summary>
public sealed class FigurePortal : IAsyncLifetime
{
    public PortalService Portal { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await Portal.InitializeAsync();
        var (harbour, swift) = (new Side(Portal.Api.For("harbour")), new Side(Portal.Api.For("swift")));
        var cases = await swift.AllCasesAsync();
        var reported = (await swift.Repayments.ListPageAsync(1000)).Items.Single();
        await harbour.Repayments.ConfirmAsync(reported.Id, new RepaymentConfirmation());
        foreach (var currency in new[] { "JPY", "KWD" })
        {
            var @case = cases.Single(c => c.Account.Balance.Total.Currency == currency);
            var paid = await swift.Repayments.CreateAsync(@case.Id, new NewRepayment { Amount = new Money { Amount = 123_457, Currency = currency }, PaidOn = reported.PaidOn });
            await harbour.Repayments.ConfirmAsync(paid.Id, new RepaymentConfirmation());
            await swift.Promises.CreateAsync(@case.Id, new NewPromise { Amount = new Money { Amount = 1_000, Currency = currency }, DueOn = reported.PaidOn.AddDays(3) });
            if (currency == "KWD")
            {
                await harbour.Repayments.ReverseAsync(paid.Id, Deeds.Because);
            }
        }
    }

    public ValueTask DisposeAsync() => Portal.DisposeAsync();
}

/// <summary>What the pages of figures say is what the API says, to the minor unit; the file says it once more.</summary>
public sealed partial class FigurePages(FigurePortal figures, Chromium chromium) : IClassFixture<FigurePortal>, IClassFixture<Chromium>
{
    private PortalService Portal => figures.Portal;

    public static TheoryData<string, string> Readers => new(
        from person in new[] { "analyst@harbour.example", "manager@swift.example", "supervisor@swift.example", "collector@swift.example", "manager@lantern.example" }
        from language in new[] { "zh-CN", "en" }
        select (person, language));

    [Theory]
    [MemberData(nameof(Readers))]
    public async Task Tables_and_files_have_the_API_s_numbers(string person, string language)
    {
        using var visitor = new Visitor(Portal.Address, language);
        var page = await visitor.SignInAsync(person, "/figures");
        Assert.Equal((HttpStatusCode.OK, "/figures"), (page.Status, page.Address.AbsolutePath));
        var expected = await ExpectedAsync(Of(person), person.Contains("harbour", StringComparison.Ordinal), person.StartsWith("collector", StringComparison.Ordinal));
        foreach (var (name, rows) in expected)
        {
            var table = Table(page.Html, name);
            Assert.Equal(rows, table.Select(Numbers));
            if (name != "recovery")
            {
                await FileEqualsAsync(visitor, name, table);
            }
        }
    }

    [Fact]
    public async Task There_is_money_in_every_figure()
    {
        var bank = await ExpectedAsync(Of("analyst@harbour.example"), isBank: true, isCollector: false);
        Assert.Equal(["funnel", "days-past-due", "recovery", "recovery-months", "agencies"], bank.Keys);
        Assert.All(bank.Values, rows => Assert.NotEmpty(rows));
        Assert.Contains(bank["recovery-months"], row => row.Contains("123457 123457 0 0", StringComparison.Ordinal));
        Assert.Contains(bank["funnel"], row => row.EndsWith(" 50000", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_is_Excel_s_to_open_and_never_a_formula()
    {
        using var visitor = new Visitor(Portal.Address, "zh-CN");
        await visitor.SignInAsync("manager@swift.example", "/figures");
        var file = await visitor.OpenAsync("/figures?handler=Csv&figure=collectors");
        Assert.Equal(("text/csv", "collectors.csv"), (file.Answer.Content.Headers.ContentType!.MediaType, file.Answer.Content.Headers.ContentDisposition!.FileName));
        var bytes = await file.Answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal([0xEF, 0xBB, 0xBF], bytes.Take(3));
        Assert.StartsWith("催收员,币种,", file.Html.TrimStart('\uFEFF'), StringComparison.Ordinal);

        var table = new FigureTable("x", "X", ["=A1", "B"], [[FigureCell.Of("\t+1"), FigureCell.Of(new Money { Amount = -5, Currency = "CNY" })], [FigureCell.Of("@\"x\",y"), FigureCell.Of(-7)], [FigureCell.Of("＝1"), FigureCell.OfBasisPoints(-150)]]);
        Assert.Equal("'=A1,B\r\n'\t+1,-0.05\r\n\"'@\"\"x\"\",y\",-7\r\n'＝1,-1.50\r\n", Encoding.UTF8.GetString(table.Csv())[1..]);
    }

    [Fact]
    public async Task What_a_person_may_not_see_is_not_there()
    {
        using var visitor = new Visitor(Portal.Address);
        var page = await visitor.SignInAsync("collector@swift.example", "/figures");
        Assert.DoesNotContain("data-figure=\"recovery\"", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("data-figure=\"agencies\"", page.Html, StringComparison.Ordinal);
        foreach (var figure in new[] { "recovery", "agencies", "nonsense" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await visitor.OpenAsync($"/figures?handler=Csv&figure={figure}")).Status);
        }

        using var bank = new Visitor(Portal.Address);
        await bank.SignInAsync("analyst@harbour.example", "/figures");
        Assert.Equal(HttpStatusCode.NotFound, (await bank.OpenAsync("/figures?handler=Csv&figure=collectors")).Status);
        var lost = await bank.OpenAsync("/figures?cursor=bm9uc2Vuc2U");
        Assert.Equal((HttpStatusCode.OK, ""), (lost.Status, lost.Address.Query));
        Assert.Contains("There are no such cases.", (await bank.OpenAsync("/figures?to=2001-01-01")).Html, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Browsing.Looks), MemberType = typeof(Browsing))]
    public async Task The_page_can_be_used_by_everyone(string language, ColorScheme theme, int width)
    {
        foreach (var person in new[] { "analyst@harbour.example", "manager@swift.example" })
        {
            await using var window = await chromium.OpenAsync(Portal.Address, language, theme, width);
            var page = await window.NewPageAsync();
            var complaints = new List<string>();
            page.Console += (_, message) => complaints.AddRange(message.Text.Contains("Content Security Policy", StringComparison.Ordinal) ? [message.Text] : []);
            await page.GotoAsync("/figures");
            await page.FillInAsync(person);
            await page.Locator("summary").First.ClickAsync();
            await page.CheckAsync(language, theme, width, $"figures-{person.Split('@')[0]}");
            Assert.True(await page.GetByRole(AriaRole.Img).CountAsync() >= 4);
            Assert.Empty(complaints);
        }
    }

    // All cases are on the collector's desk and the supervisor's team's: everybody of an agency sees what its client does.
    private Side Of(string person) => new(Portal.Api.For(person.Split('@', '.')[1]));

    private static async Task FileEqualsAsync(Visitor visitor, string name, List<List<string>> table)
    {
        var figure = name == "recovery-months" ? "recovery" : name;
        if (table.Count == 0)
        {
            return;
        }

        var file = (await visitor.OpenAsync($"/figures?handler=Csv&figure={figure}")).Html.TrimStart('\uFEFF');
        var lines = file.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => CsvCell().Matches(line).Select(cell => cell.Groups["it"].Value.Trim('"')).ToList()).ToList();
        Assert.Equal(table.Select(row => row.Count), lines.Select(row => row.Count));
        foreach (var (row, line) in table.Zip(lines))
        {
            foreach (var (shown, plain) in row.Zip(line))
            {
                // A day is written otherwise, everything else has the same letters and digits.
                Assert.True(Letters(shown) == Letters(plain) || DateOnly.TryParseExact(plain, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) || Digits(shown) == Digits(plain) && plain.Length > 0 && char.IsAsciiDigit(plain[^1]), $"{name}: {shown} is not {plain}");
            }
        }
    }

    private static async Task<Dictionary<string, List<string>>> ExpectedAsync(Side side, bool isBank, bool isCollector)
    {
        var expected = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var funnel = await side.Figures.GetFunnelAsync();
        expected["funnel"] = [.. funnel.Currencies.SelectMany(c => c.Stages.Select(s => $"{s.Cases} {s.Placed.Amount}{(s.Stage == FunnelStep.Paid ? $" {c.Recovered.Amount}" : "")}"))];
        var mix = await side.Figures.GetDaysPastDueAsync();
        expected["days-past-due"] = [.. mix.Currencies.SelectMany(c => c.Cycles.Select(cycle => $"{Digits(cycle.Cycle)} {cycle.Cases} {cycle.Balance.Amount}"))];
        if (!isCollector)
        {
            var curves = (await side.Figures.ListRecoveryCurvesPageAsync(6)).Items;
            expected["recovery"] = [.. curves.Select((c, i) => $"{i + 1} {c.Cases} {c.Placed.Amount} {c.Recovered.Amount} {c.LiquidationBasisPoints}")];
            expected["recovery-months"] = [.. curves.SelectMany((c, i) => c.Months.Select(m => $"{i + 1} {c.Placed.Amount} {m.Month} {m.Confirmed.Amount} {m.Reversed.Amount} {m.Recovered.Amount} {m.LiquidationBasisPoints}"))];
        }

        expected[isBank ? "agencies" : "collectors"] = [.. (isBank
            ? (await side.Figures.GetAgencyComparisonAsync()).Lines.Select(line => line.Figures)
            : (await side.Figures.GetCollectorComparisonAsync()).Lines.Select(line => line.Figures)).Select(f =>
                $"{f.Cases} {f.OpenCases} {f.Placed.Amount} {f.ContactRecords} {f.RightPartyContacts} {f.ContactedCases} {f.PromisedCases} {f.KeptCases} {f.PaidCases} {f.Recovered.Amount} {f.LiquidationBasisPoints}")];
        return expected;
    }

    // The cells with numbers, in minor units: names, currencies and days are left out.
    private static string Numbers(List<string> row) => string.Join(' ', row.Where(cell => !Day().IsMatch(cell) && cell.Any(char.IsAsciiDigit)).Select(Digits));

    private static string Digits(string cell)
    {
        var digits = new string([.. cell.Where(char.IsAsciiDigit)]).TrimStart('0');
        return (cell.Contains('−', StringComparison.Ordinal) || cell.StartsWith('-') ? "-" : "") + (digits.Length == 0 ? "0" : digits);
    }

    private static string Letters(string cell) => new([.. cell.Where(char.IsLetterOrDigit)]);

    private static List<List<string>> Table(string html, string name) => html.Split($"data-figure=\"{name}\"") is [_, var rest, ..]
        ? [.. Row().Matches(rest.Split("</table>")[0].Split("<tbody")[1]).Select(row => Cell().Matches(row.Value).Select(cell => WebUtility.HtmlDecode(cell.Groups["it"].Value)).ToList())]
        : [];

    [GeneratedRegex("<tr role=\"row\">.*?</tr>", RegexOptions.Singleline)]
    private static partial Regex Row();

    [GeneratedRegex("<t[hd] [^>]*>(?<it>[^<]*)</t[hd]>")]
    private static partial Regex Cell();

    [GeneratedRegex(@"\d{4}-\d{2}-\d{2}|\d{1,2} [A-Z][a-z]{2,3} \d{4}")]
    private static partial Regex Day();

    [GeneratedRegex("(?:^|,)(?<it>\"(?:[^\"]|\"\")*\"|[^,]*)")]
    private static partial Regex CsvCell();
}
