using System.Globalization;
using System.Text;
using Agency.Sdk;
using Microsoft.AspNetCore.Builder;

namespace Agency.Tests.Support;

/// <summary>
/// Harbour has imported accounts and swift works them: the state most tests begin in, made through the API. Account
/// <c>A-1</c> owes principal 1000.00, interest 50.00 and fees 5.00 CNY, <c>A-2</c> twice that, and so on.
/// </summary>
public sealed class Story : IAsyncDisposable
{
    private const long Principal = 100_000;
    private const long Interest = 5_000;
    private const long Fees = 500;

    private Story(TestService service)
    {
        Service = service;
        Harbour = new Side(service.For("harbour"));
        Summit = new Side(service.For("summit"));
        Swift = new Side(service.For("swift"));
        Lantern = new Side(service.For("lantern"));
    }

    public TestService Service { get; }

    public Side Harbour { get; }

    public Side Summit { get; }

    public Side Swift { get; }

    public Side Lantern { get; }

    public Agreement Agreement { get; private set; } = null!;

    public Portfolio Portfolio { get; private set; } = null!;

    public Import Import { get; private set; } = null!;

    /// <summary>Set once the accounts are assigned.</summary>
    public Assignment Assignment { get; private set; } = null!;

    /// <summary>Swift's cases by account number; set once there are any.</summary>
    public IReadOnlyDictionary<string, Case> Cases { get; private set; } = null!;

    /// <summary>The case of the first account.</summary>
    public Case Case => Cases["A-1"];

    public DateOnly Today => DateOnly.FromDateTime(Service.Clock.GetUtcNow().UtcDateTime);

    /// <summary>Tenants, and nothing between them.</summary>
    public static async Task<Story> AtTenantsAsync(Action<WebApplicationBuilder>? configure = null, TestDatabase? database = null) => new(await TestService.StartAsync(configure, database));

    /// <summary>Harbour has mandated swift and imported accounts.</summary>
    public static async Task<Story> AtAccountsAsync(int accounts = 3, Action<WebApplicationBuilder>? configure = null, TestDatabase? database = null)
    {
        var story = await AtTenantsAsync(configure, database);
        story.Agreement = await story.Harbour.MandateAsync("swift");
        story.Portfolio = await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Cards", Currency = "CNY" });
        story.Import = await story.Harbour.ImportAsync(story.Portfolio.Id, Csv(accounts), story.Today);
        Assert.Equal(accounts, story.Import.RowsAccepted);
        return story;
    }

    /// <summary>Harbour has assigned them all; swift has not answered.</summary>
    public static async Task<Story> AtAssignmentAsync(int accounts = 3, Action<WebApplicationBuilder>? configure = null, TestDatabase? database = null)
    {
        var story = await AtAccountsAsync(accounts, configure, database);
        story.Assignment = await story.Harbour.Assignments.CreateAsync(story.WholePortfolio());
        return story;
    }

    /// <summary>Swift has acknowledged and has its cases.</summary>
    public static async Task<Story> AtCasesAsync(int accounts = 3, Action<WebApplicationBuilder>? configure = null, TestDatabase? database = null)
    {
        var story = await AtAssignmentAsync(accounts, configure, database);
        await story.Swift.Assignments.AcknowledgeAsync(story.Assignment.Id);
        story.Cases = (await story.Swift.AllCasesAsync(story.Assignment.Id)).ToDictionary(c => c.Account.AccountNumber, StringComparer.Ordinal);
        Assert.Equal(accounts, story.Cases.Count);
        return story;
    }

    /// <summary>Harbour assigns everything, however much it is, and swift works it.</summary>
    public async Task PlaceAllAsync()
    {
        var accepted = await Harbour.Assignments.CreateAsync(WholePortfolio());
        await Harbour.WaitForAsync(AssignmentState.Submitted, accepted.Id);
        await Swift.Assignments.AcknowledgeAsync(accepted.Id);
        Assignment = await Swift.WaitForAsync(AssignmentState.Active, accepted.Id);
    }

    /// <summary>Harbour imports the file and swift works it, for a term of that many days after today.</summary>
    public async Task PlaceAsync(string csv, int termDays, NewAgreementTerms? terms = null)
    {
        Agreement = await Harbour.MandateAsync("swift", terms);
        Portfolio = await Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Cards", Currency = "CNY" });
        Import = await Harbour.ImportAsync(Portfolio.Id, csv, Today);
        var term = WholePortfolio();
        term.TermEnd = Today.AddDays(termDays);
        Assignment = await Harbour.Assignments.CreateAsync(term);
        await Swift.Assignments.AcknowledgeAsync(Assignment.Id);
        Cases = (await Swift.AllCasesAsync(Assignment.Id)).ToDictionary(c => c.Account.AccountNumber, StringComparer.Ordinal);
    }

    /// <summary>The assignment of everything, from today for half a year.</summary>
    public NewAssignment WholePortfolio() =>
        new() { AgreementId = Agreement.Id, PortfolioId = Portfolio.Id, TermStart = Today, TermEnd = Today.AddMonths(6) };

    /// <summary>Rows for accounts 1 to n, each with a debtor of its own, 30 days overdue for each number up to 1,000.</summary>
    public static string Csv(int accounts, string prefix = "A")
    {
        var csv = new StringBuilder("account_number,debtor_reference,debtor_name,phone,email,product,principal,interest,fees,oldest_due_date\n");
        for (var i = 1; i <= accounts; i++)
        {
            var due = new DateOnly(2026, 3, 2).AddDays(-30 * Math.Min(i, 1000));
            csv.Append(CultureInfo.InvariantCulture, $"{prefix}-{i},{prefix}D-{i},Example Debtor {i},+861000000{i:0000},debtor{i}@example.test,card,{Principal * i},{Interest * i},{Fees * i},{due:yyyy-MM-dd}\n");
        }

        return csv.ToString();
    }

    public static Money Cny(long amount) => new() { Amount = amount, Currency = "CNY" };

    public ValueTask DisposeAsync() => Service.DisposeAsync();
}
