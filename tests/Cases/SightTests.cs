using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Cases;

/// <summary>Within an agency: a collector the own cases, a supervisor the team's, a manager all. Everything else is not there.</summary>
public sealed class SightTests
{
    private const string One = "collector@swift.example";
    private const string Two = "two@swift.example";
    private const string Lead = "supervisor@swift.example";
    private const string OtherLead = "lead@swift.example";

    [Fact]
    public async Task A_collector_sees_and_writes_the_own_cases_alone()
    {
        await using var world = await World.MakeAsync();
        await world.IsHiddenAsync(One, world.Story.Cases["A-2"]);
        await world.IsOpenAsync(One, world.Story.Cases["A-1"]);
        await world.ListsAsync(One, "A-1");
        await world.ListsAsync(Two, "A-2");
    }

    [Fact]
    public async Task A_case_that_moves_to_another_desk_is_theirs_from_then_on()
    {
        await using var world = await World.MakeAsync();
        await world.Story.Swift.Cases.SetCollectorAsync(world.Story.Cases["A-2"].Id, ETag.Any, new CaseCollector { PersonId = world.OneId });

        await world.IsOpenAsync(One, world.Story.Cases["A-2"]);
        await world.IsHiddenAsync(Two, world.Story.Cases["A-2"]);
        await world.ListsAsync(One, "A-1", "A-2");
        await world.ListsAsync(Two);
    }

    [Fact]
    public async Task A_supervisor_sees_and_writes_the_team_s_cases_alone()
    {
        await using var world = await World.MakeAsync();
        await world.IsOpenAsync(Lead, world.Story.Cases["A-1"]);
        await world.IsHiddenAsync(Lead, world.Story.Cases["A-2"]);
        await world.IsHiddenAsync(OtherLead, world.Story.Cases["A-1"]);
        await world.ListsAsync(Lead, "A-1");
        await world.ListsAsync(OtherLead, "A-2");

        // Off its collector's desk it is the team's still.
        await world.Story.Swift.Cases.SetCollectorAsync(world.Story.Cases["A-1"].Id, ETag.Any, new CaseCollector());
        await world.IsOpenAsync(Lead, world.Story.Cases["A-1"]);
        await world.IsHiddenAsync(One, world.Story.Cases["A-1"]);
    }

    [Fact]
    public async Task A_supervisor_who_leaves_the_team_leaves_its_cases()
    {
        await using var world = await World.MakeAsync();
        await world.Story.Swift.Teams.ReplaceMembersAsync(world.North, ETag.Any, new TeamMembers { PersonIds = [world.OneId] });

        await world.IsHiddenAsync(Lead, world.Story.Cases["A-1"]);
        await world.IsOpenAsync(One, world.Story.Cases["A-1"]);
    }

    [Fact]
    public async Task A_manager_and_the_agency_s_client_see_all()
    {
        await using var world = await World.MakeAsync();
        foreach (var @case in world.Story.Cases.Values)
        {
            await world.IsOpenAsync("manager@swift.example", @case);
        }

        await world.ListsAsync("manager@swift.example", "A-1", "A-2", "A-3");
        Assert.Equal(3, (await world.Story.Swift.AllCasesAsync()).Count);
        await world.ListsAsync("manager@lantern.example");
    }

    /// <summary>Two collectors in two teams with a supervisor and a case each; the third case lies on no desk. All have been worked.</summary>
    private sealed class World : IAsyncDisposable
    {
        private readonly Dictionary<Guid, (Guid Record, Guid Repayment, Guid Proposal)> worked = [];

        private World(Story story) => Story = story;

        public Story Story { get; }

        public Guid OneId { get; private set; }

        public Guid North { get; private set; }

        public static async Task<World> MakeAsync()
        {
            var world = new World(await Story.AtCasesAsync());
            var swift = world.Story.Swift;
            world.OneId = await swift.PersonAsync("collector");
            world.North = (await swift.TeamAsync("North", false, world.OneId, await swift.PersonAsync("supervisor"))).Id;
            var two = await world.Story.Service.HireAsync("swift", Two, "collector");
            await swift.TeamAsync("South", false, two, await world.Story.Service.HireAsync("swift", OtherLead, "supervisor"));
            await swift.Cases.SetCollectorAsync(world.Story.Cases["A-1"].Id, ETag.Any, new CaseCollector { PersonId = world.OneId });
            await swift.Cases.SetCollectorAsync(world.Story.Cases["A-2"].Id, ETag.Any, new CaseCollector { PersonId = two });
            foreach (var @case in world.Story.Cases.Values)
            {
                world.worked[@case.Id] = (
                    (await swift.ContactRecords.CreateAsync(@case.Id, world.Story.Call("Spoke"))).Id,
                    (await world.Story.ReportAsync(1, on: @case)).Id,
                    (await swift.SettlementProposals.CreateAsync(@case.Id, world.Proposal)).Id);
            }

            return world;
        }

        public async Task IsHiddenAsync(string person, Case @case)
        {
            var side = Story.Service.As(person);
            var (record, repayment, proposal) = worked[@case.Id];
            await Story.HidesAsync("contact_record.not_found", record, id => side.ContactRecords.GetAsync(id));
            await Story.HidesAsync("repayment.not_found", repayment, id => side.Repayments.GetAsync(id));
            await Story.HidesAsync("settlement_proposal.not_found", proposal, id => side.SettlementProposals.GetAsync(id));
            await Story.HidesAsync("account.not_found", @case.Account.Id, id => side.Accounts.GetAsync(id));
            await Story.HidesAsync("account.not_found", @case.Account.Id, id => side.Accounts.ListLedgerEntriesPageAsync(id));
            foreach (var (name, call) in OnCase(side))
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"{person}: {name}");
                await Story.HidesAsync("case.not_found", @case.Id, call);
            }
        }

        public async Task IsOpenAsync(string person, Case @case)
        {
            var side = Story.Service.As(person);
            var (record, repayment, proposal) = worked[@case.Id];
            Assert.Equal(@case.Id, (await side.ContactRecords.GetAsync(record)).CaseId);
            Assert.Equal(@case.Id, (await side.Repayments.GetAsync(repayment)).CaseId);
            Assert.Equal(@case.Id, (await side.SettlementProposals.GetAsync(proposal)).CaseId);
            Assert.Equal(@case.Account.Id, (await side.Accounts.GetAsync(@case.Account.Id)).Id);
            Assert.NotEmpty((await side.Accounts.ListLedgerEntriesPageAsync(@case.Account.Id)).Items);
            foreach (var (_, call) in OnCase(side).Where(call => call.Name != "propose"))
            {
                await call(@case.Id);
            }
        }

        /// <summary>The lists hold these accounts' cases and what was done in them, and nothing else.</summary>
        public async Task ListsAsync(string person, params string[] accounts)
        {
            var side = Story.Service.As(person);
            var ids = accounts.Select(number => Story.Cases[number].Id).ToHashSet();
            Assert.Equal(accounts, (await side.AllCasesAsync()).Select(@case => @case.Account.AccountNumber).Order(StringComparer.Ordinal), StringComparer.Ordinal);
            Assert.Equal(accounts, (await side.Cases.ListPageAsync(1000, sort: "balance")).Items.Select(@case => @case.Account.AccountNumber), StringComparer.Ordinal);
            Assert.Equal(accounts, (await side.AllAccountsAsync()).Select(account => account.AccountNumber).Order(StringComparer.Ordinal), StringComparer.Ordinal);
            Assert.Equal(ids, (await side.Repayments.ListPageAsync(1000)).Items.Select(repayment => repayment.CaseId).ToHashSet());
            Assert.Equal(ids, (await side.SettlementProposals.ListPageAsync(1000)).Items.Select(proposal => proposal.CaseId).ToHashSet());
        }

        public ValueTask DisposeAsync() => Story.DisposeAsync();

        private NewSettlementProposal Proposal => new() { Kind = SettlementKind.LumpSum, Amount = Story.Cny(500), PayBy = Story.Today, Reason = "Hardship" };

        private IEnumerable<(string Name, Func<Guid, Task> Call)> OnCase(Side side) =>
        [
            ("read", id => side.Cases.GetAsync(id)),
            ("contact points", id => side.ContactPoints.ListAsync(id)),
            ("reveal", id => side.Cases.RevealAsync(id, new RevealReason { Reason = "To call" })),
            ("contact records", id => side.ContactRecords.ListOfCasePageAsync(id)),
            ("report a contact", id => side.ContactRecords.CreateAsync(id, Story.Call())),
            ("repayments", id => side.Repayments.ListOfCasePageAsync(id)),
            ("report a repayment", id => side.Repayments.CreateAsync(id, new NewRepayment { Amount = Story.Cny(1), PaidOn = Story.Today })),
            ("proposals", id => side.SettlementProposals.ListOfCasePageAsync(id)),
            ("propose", id => side.SettlementProposals.CreateAsync(id, Proposal)),
        ];
    }
}
