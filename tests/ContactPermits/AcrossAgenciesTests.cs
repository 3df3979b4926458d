using Agency.Api.Data;
using Agency.Sdk;
using Agency.Tests.Http;
using Agency.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Tests.ContactPermits;

/// <summary>Two agencies, each with an account of one debtor: the debtor is called by both, and counted once.</summary>
public sealed class AcrossAgenciesTests
{
    // CN-FREQ-01 and CN-FREQ-02 are the debtor's, whoever calls.
    [Fact]
    public async Task Swift_is_told_no_because_of_lanterns_calls_and_learns_nothing_else_of_them()
    {
        await using var story = await Story.AtTenantsAsync();
        var (swift, lantern) = await ShareAsync(story);
        List<ContactRecord> theirs = [];
        for (var i = 0; i < 3; i++)
        {
            theirs.Add(await story.Lantern.ContactRecords.CreateAsync(lantern.Id, Promised(story)));
            var permit = await story.Swift.ContactPermits.CheckAsync(swift.Id, new ContactCheck { Channel = Channel.Call });
            Assert.Equal(i < 2 ? "" : "CN-FREQ-01", permit.Broken());
        }

        Assert.Equal(["CN-FREQ-01"], (await story.Swift.ContactRecords.CreateAsync(swift.Id, Promised(story))).Breaches);

        var answer = (await story.Swift.Http.CallAsync("POST", $"/v1/cases/{swift.Id}/contact-check", """{"channel":"call"}""")).Is(201).Text;
        Assert.All(theirs.SelectMany(record => new[] { record.Id, lantern.Id, lantern.Account.Id, lantern.AgencyId }), id => Assert.DoesNotContain(id.ToString(), answer, StringComparison.Ordinal));
        Assert.DoesNotContain("antern", answer, StringComparison.Ordinal);
        Assert.Single((await story.Swift.ContactRecords.ListOfCasePageAsync(swift.Id)).Items);
        foreach (var record in theirs)
        {
            await story.HidesAsync("contact_record.not_found", record.Id, id => story.Swift.ContactRecords.GetAsync(id));
        }
    }

    // US-FREQ-01 is the debt's: another account of the debtor's has its own count.
    [Fact]
    public async Task In_America_each_debt_is_counted_by_itself()
    {
        await using var story = await Story.AtTenantsAsync();
        var (swift, lantern) = await ShareAsync(story);
        story.MoveToNewYork();
        story.ClockAt("2026-03-02T16:00:00Z");
        for (var i = 0; i < 7; i++)
        {
            var call = Promised(story);
            call.Outcome = Outcome.NoAnswer;
            await story.Lantern.ContactRecords.CreateAsync(lantern.Id, call);
        }

        Assert.Equal("US-FREQ-01", (await story.Lantern.ContactPermits.CheckAsync(lantern.Id, new ContactCheck { Channel = Channel.Call })).Broken());
        Assert.Equal("", (await story.Swift.ContactPermits.CheckAsync(swift.Id, new ContactCheck { Channel = Channel.Call })).Broken());
    }

    [Fact]
    public async Task A_corrected_record_is_not_counted_beside_its_correction()
    {
        await using var story = await Story.AtCasesAsync();
        await story.CalledAsync(3, Outcome.Promise);
        Assert.Equal("CN-FREQ-01", await story.BrokenAsync());
        var records = (await story.Swift.ContactRecords.ListOfCasePageAsync(story.Case.Id)).Items;

        story.Set($"UPDATE base_contact_record SET supersedes_id = {records[0].Id.Hex()} WHERE id = {records[1].Id.Hex()}");

        Assert.Equal("", await story.BrokenAsync());
    }

    // The door itself: no other table, no write, no other bank.
    [Fact]
    public async Task The_counter_reads_contact_records_of_its_bank_and_nothing_else()
    {
        await using var story = await Story.AtCasesAsync();
        await story.CalledAsync(Outcome.Promise);
        var database = story.Service.Services.GetRequiredService<Database>();
        var bank = int.Parse(story.Service.Database.Scalar("SELECT bank_id FROM base_contact_record")!, System.Globalization.CultureInfo.InvariantCulture);

        await using var counter = await database.OpenAsync(TenantContext.CounterFor(bank), write: false, default);
        await using var other = await database.OpenAsync(TenantContext.CounterFor(bank + 1), write: false, default);

        Assert.Equal(1, await counter.FindAsync<int>(new Sql("SELECT COUNT(*) FROM contact_record")));
        Assert.Equal(0, await other.FindAsync<int>(new Sql("SELECT COUNT(*) FROM contact_record")));
        foreach (var table in (string[])["debtor", "account", "[case]", "contact_point", "contact_note", "contact_permit", "repayment", "event", "hold"])
        {
            Assert.Equal(0, await counter.FindAsync<int>(new Sql($"SELECT COUNT(*) FROM {table}")));
        }
    }

    private static NewContactRecord Promised(Story story) =>
        new() { Channel = Channel.Call, Direction = Direction.Outbound, Party = Party.Debtor, Outcome = Outcome.Promise, OccurredAt = story.Service.Clock.GetUtcNow() };

    // One debtor, two accounts: swift works the first, lantern the second.
    private static async Task<(Case Swift, Case Lantern)> ShareAsync(Story story)
    {
        List<Case> cases = [];
        foreach (var (name, agency, account) in ((string, Side, string)[])[("swift", story.Swift, "X-1"), ("lantern", story.Lantern, "X-2")])
        {
            var agreement = await story.Harbour.MandateAsync(name);
            var portfolio = await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = name, Currency = "CNY" });
            var csv = $"account_number,debtor_reference,debtor_name,phone,principal,interest,fees,oldest_due_date\n{account},XD-1,Example Debtor,+8610000000001,100,0,0,2026-01-01\n";
            await story.Harbour.ImportAsync(portfolio.Id, csv, story.Today);
            var assignment = await story.Harbour.Assignments.CreateAsync(
                new NewAssignment { AgreementId = agreement.Id, PortfolioId = portfolio.Id, TermStart = story.Today, TermEnd = story.Today.AddDays(90) });
            await agency.Assignments.AcknowledgeAsync(assignment.Id);
            cases.Add(Assert.Single(await agency.AllCasesAsync(assignment.Id)));
        }

        Assert.Equal(cases[0].Account.Debtor.Id, cases[1].Account.Debtor.Id);
        return (cases[0], cases[1]);
    }
}
