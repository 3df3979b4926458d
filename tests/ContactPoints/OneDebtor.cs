using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.ContactPoints;

/// <summary>One debtor of harbour's with two debts: swift works the one, lantern the other.</summary>
internal sealed record OneDebtor(Story Story, Case Swifts, Case Lanterns, Guid Portfolio) : IAsyncDisposable
{
    public const string Phone = "+8610000000077";

    public static async Task<OneDebtor> WithTwoAgenciesAsync()
    {
        var story = await Story.AtTenantsAsync();
        var (first, portfolio) = await HandAsync(story, "swift", story.Swift, "B-1");
        var (second, _) = await HandAsync(story, "lantern", story.Lantern, "B-2");
        Assert.Equal(first.Account.Debtor.Id, second.Account.Debtor.Id);
        return new OneDebtor(story, first, second, portfolio);
    }

    public Task<ContactPoint> SwiftFindsAsync(string value = "100 0000 0001", string? key = null) =>
        Story.Swift.ContactPoints.CreateAsync(Swifts.Id, new NewContactPoint { Kind = ContactPointKind.Phone, Value = value }, CallOptions.WithKey(key));

    public Task<ContactPoint> LanternFindsAsync(string value = "100 0000 0001") =>
        Story.Lantern.ContactPoints.CreateAsync(Lanterns.Id, new NewContactPoint { Kind = ContactPointKind.Phone, Value = value });

    public static async Task<List<Guid>> SeenAsync(Side side, Case @case) => [.. (await side.ContactPoints.ListAsync(@case.Id)).Items.Select(point => point.Id)];

    public ValueTask DisposeAsync() => Story.DisposeAsync();

    private static async Task<(Case, Guid)> HandAsync(Story story, string agency, Side side, string account)
    {
        var agreement = await story.Harbour.MandateAsync(agency);
        var portfolio = await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = account, Currency = "CNY" });
        var import = await story.Harbour.ImportAsync(portfolio.Id, $"""
            account_number,debtor_reference,debtor_name,phone,principal,oldest_due_date
            {account},D-1,Example Debtor,{Phone},1000,2026-01-01
            """, story.Today);
        Assert.Equal(1, import.RowsAccepted);
        var assignment = await story.Harbour.Assignments.CreateAsync(
            new NewAssignment { AgreementId = agreement.Id, PortfolioId = portfolio.Id, TermStart = story.Today, TermEnd = story.Today.AddMonths(3) });
        await side.Assignments.AcknowledgeAsync(assignment.Id);
        return (Assert.Single(await side.AllCasesAsync(assignment.Id)), portfolio.Id);
    }
}
