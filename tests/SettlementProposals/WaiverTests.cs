using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.SettlementProposals;

/// <summary>What each kind forgives, and what becomes of it when money goes back; and what of a proposal is private.</summary>
public sealed class WaiverTests
{
    private const string Secret = "Owns a boat called Tern";

    [Fact]
    public async Task A_fee_waiver_forgives_the_agreed_fees_once_and_the_rest_stays_owed()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.ProposeAsync(story.FeeWaiver());
        await story.ApproveAsync(proposal);
        await story.PayAsync(30_000);
        Assert.Equal(SettlementProposalState.Completed, (await story.ReadAsync(proposal)).State);

        await story.PayAsync(1_000);

        Assert.Equal(105_500 - 31_000 - 400, (await story.AccountAsync()).Balance.Total.Amount);
        Assert.Equal(AccountState.Placed, (await story.AccountAsync()).State);
        Assert.Equal(-400, (await story.LedgerAsync()).Where(entry => entry.Kind == LedgerKind.Waiver).Sum(entry => entry.Amount.Amount));
    }

    [Fact]
    public async Task What_a_fee_waiver_forgave_is_owed_again_when_the_money_goes_back()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.ProposeAsync(story.FeeWaiver());
        await story.ApproveAsync(proposal);
        var paid = await story.PayAsync(30_000);

        await story.ReverseAsync(paid);

        Assert.Equal(SettlementProposalState.Approved, (await story.ReadAsync(proposal)).State);
        Assert.Equal((500L, 5_000L, 100_000L), await story.OwedAsync());
        Assert.Equal((500L, 5_000L, 100_000L), (await story.LedgerAsync()).Sum());
        Assert.Contains((await story.Swift.Events.ListPageAsync(1000)).Items, e => e.Type == "settlement_proposal.reopened" && e.Subject.Id == proposal.Id);
    }

    [Fact]
    public async Task An_extension_forgives_nothing()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.InForceAsync(story.Extension(60_000));
        await story.PayAsync(60_000);

        Assert.Equal(SettlementProposalState.Completed, (await story.ReadAsync(proposal)).State);
        Assert.Equal((45_500L, AccountState.Placed), ((await story.AccountAsync()).Balance.Total.Amount, (await story.AccountAsync()).State));
        Assert.Empty(await story.HoldsAsync());
    }

    [Fact]
    public async Task A_completed_plan_whose_money_goes_back_is_in_force_again_and_so_is_its_hold()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.InForceAsync(story.Instalments());
        await story.PayAsync(30_000);
        var last = await story.PayAsync(60_000);
        Assert.Equal(SettlementProposalState.Completed, (await story.ReadAsync(proposal)).State);

        await story.ReverseAsync(last);

        Assert.Equal(SettlementProposalState.InForce, (await story.ReadAsync(proposal)).State);
        Assert.Equal((75_500L, AccountState.Eligible), ((await story.AccountAsync()).Balance.Total.Amount, (await story.AccountAsync()).State));
        Assert.Equal(["plan_active"], await story.HoldsAsync());
    }

    [Fact]
    public async Task Each_kind_has_its_own_members()
    {
        await using var story = await Story.AtCasesAsync();

        await RefusesAsync("/payBy", story.LumpSum(), p => p.PayBy = null);
        await RefusesAsync("/instalments", story.LumpSum(), p => p.Instalments = 3);
        await RefusesAsync("/waiver", story.LumpSum(), p => p.Waiver = Story.Cny(1));
        await RefusesAsync("/payBy", story.Instalments(), p => p.PayBy = story.Today);
        await RefusesAsync("/firstDueOn", story.Instalments(), p => p.FirstDueOn = null);
        await RefusesAsync("/instalments", story.Instalments(), p => p.Instalments = 1);
        await RefusesAsync("/instalments", story.Instalments(), p => p.Instalments = 61);
        await RefusesAsync("/amount", story.Instalments(), p => p.Amount = Story.Cny(2));
        await RefusesAsync("/waiver", story.FeeWaiver(), p => p.Waiver = null);
        await RefusesAsync("/waiver", story.FeeWaiver(), p => p.Waiver = new Money { Amount = 1, Currency = "USD" });
        await story.RefusesAsync(422, "settlement_proposal.more_than_owed", () => story.ProposeAsync(story.FeeWaiver(waiver: 501)));
        await story.RefusesAsync(422, "settlement_proposal.more_than_owed", () => story.ProposeAsync(story.FeeWaiver(105_200)));
        await story.RefusesAsync(422, "settlement_proposal.more_than_owed", () => story.ProposeAsync(story.Extension(105_501)));

        // CN-PLAN-01: at most 60 months.
        var long_ = story.Instalments(count: 60);
        long_.FirstDueOn = story.Today.AddMonths(1).AddDays(1);
        Assert.Equal("CN-PLAN-01", (await story.RefusesAsync(422, "settlement_proposal.too_long", () => story.ProposeAsync(long_))).Rule);
        long_.FirstDueOn = story.Today.AddMonths(1).AddDays(-1);
        Assert.Equal(60, (await story.ProposeAsync(long_)).Instalments);

        async Task RefusesAsync(string pointer, NewSettlementProposal proposal, Action<NewSettlementProposal> spoil)
        {
            spoil(proposal);
            var refused = await story.RefusesAsync(422, "request.invalid", () => story.ProposeAsync(proposal, "key"));
            Assert.Contains(refused.Errors!, error => error.Pointer.StartsWith(pointer, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task What_the_debtor_says_of_himself_is_kept_encrypted_and_shown_to_those_who_work_the_case_alone()
    {
        await using var story = await Story.AtCasesAsync();
        var said = story.LumpSum();
        said.Circumstances = new Circumstances { MonthlyIncome = Story.Cny(450_000), Assets = Secret, Household = "Two children" };
        var proposal = await story.ProposeAsync(said);

        Assert.Equal(Secret, proposal.Circumstances!.Assets);
        Assert.Equal((450_000L, "Two children"), ((await story.ReadAsync(proposal)).Circumstances!.MonthlyIncome!.Amount, (await story.ReadAsync(proposal)).Circumstances!.Household));
        Assert.All([.. (await story.Harbour.SettlementProposals.ListPageAsync()).Items, .. (await story.Swift.SettlementProposals.ListOfCasePageAsync(story.Case.Id)).Items], one => Assert.Null(one.Circumstances));
        Assert.Equal("0", story.Service.Database.Scalar($"SELECT COUNT(*) FROM base_settlement_proposal WHERE instr(circumstances_cipher, CAST('{Secret}' AS BLOB)) > 0"));
        Assert.Equal("1", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_settlement_proposal WHERE length(circumstances_cipher) > 40"));

        await story.RecallAsync();

        Assert.Null((await story.Swift.SettlementProposals.GetAsync(proposal.Id)).Circumstances);
        Assert.NotNull((await story.ReadAsync(proposal)).Circumstances);
    }
}
