using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Cases;

public sealed class RecallTests
{
    [Fact]
    public async Task With_the_next_request_the_agency_sees_neither_case_nor_account_nor_debtor()
    {
        await using var story = await Story.AtCasesAsync();
        var (@case, account) = (story.Case.Id, story.Case.Account.Id);
        await story.ReportAsync(100);
        await story.ProposeAsync(50_000);

        var recalled = await story.RecallAsync();

        Assert.Equal((CaseState.Recalled, "complaint", AccountState.Eligible), (recalled.State, recalled.EndReason, recalled.Account.State));
        Assert.Equal(TestDatabase.Start, recalled.EndedAt);
        await story.HidesAsync("case.not_found", @case, id => story.Swift.Cases.GetAsync(id));
        await story.HidesAsync("case.not_found", @case, id => story.Swift.ContactPoints.ListAsync(id));
        await story.HidesAsync("case.not_found", @case, id => story.Swift.Cases.RevealAsync(id, new RevealReason { Reason = "Too late" }));
        await story.HidesAsync("case.not_found", @case, id => story.Swift.ContactRecords.ListOfCasePageAsync(id));
        await story.HidesAsync("case.not_found", @case, id => story.Swift.Repayments.ListOfCasePageAsync(id));
        await story.HidesAsync("case.not_found", @case, id => story.Swift.SettlementProposals.ListOfCasePageAsync(id));
        await story.HidesAsync("account.not_found", account, id => story.Swift.Accounts.GetAsync(id));
        await story.HidesAsync("account.not_found", account, id => story.Swift.Accounts.ListLedgerEntriesPageAsync(id));
        Assert.DoesNotContain(await story.Swift.AllCasesAsync(), c => c.Id == @case);
        Assert.DoesNotContain(await story.Swift.AllAccountsAsync(), a => a.Id == account);
    }

    [Fact]
    public async Task To_the_other_bank_it_does_not_exist()
    {
        await using var story = await Story.AtCasesAsync();

        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Summit.Cases.RecallAsync(id, new CaseRecall { Reason = RecallReason.Breach }, CallOptions.WithKey("key")));
    }

    [Fact]
    public async Task The_same_key_recalls_once()
    {
        await using var story = await Story.AtCasesAsync();

        await story.ActsOnceAsync(key => story.Harbour.Cases.RecallAsync(story.Case.Id, new CaseRecall { Reason = RecallReason.Breach }, CallOptions.WithKey(key)));
    }

    [Fact]
    public async Task A_refusal_leaves_no_trace()
    {
        await using var story = await Story.AtCasesAsync();
        var closed = story.Cases["A-2"];
        await story.ConfirmAsync(await story.ReportAsync(211_000, on: closed));
        await story.RecallAsync();

        await story.RefusesAsync(409, "case.is_recalled", () => story.RecallAsync(key: "key"));
        await story.RefusesAsync(409, "case.is_recalled", () => story.RecallAsync(reason: RecallReason.Sold, key: "key"));
        await story.RefusesAsync(409, "case.is_closed", () => story.RecallAsync(closed, key: "key"));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Swift.Cases.RecallAsync(story.Cases["A-3"].Id, new CaseRecall { Reason = RecallReason.Breach }, CallOptions.WithKey("key")));
    }

    [Fact]
    public async Task What_the_agency_reported_stays_readable_to_it_without_the_note()
    {
        await using var story = await Story.AtCasesAsync();
        var record = await story.Swift.ContactRecords.CreateAsync(story.Case.Id, story.Call("Will pay on Friday"));
        var repayment = await story.ReportAsync(100);
        Assert.Equal("Will pay on Friday", (await story.Swift.ContactRecords.GetAsync(record.Id)).Note);

        await story.RecallAsync();

        var kept = await story.Swift.ContactRecords.GetAsync(record.Id);
        Assert.Null(kept.Note);
        Assert.Equal((record.Outcome, record.OccurredAt), (kept.Outcome, kept.OccurredAt));
        Assert.Equal(repayment.Id, (await story.Swift.Repayments.GetAsync(repayment.Id)).Id);
        Assert.Equal("Will pay on Friday", (await story.Harbour.ContactRecords.GetAsync(record.Id)).Note);
    }

    [Fact]
    public async Task A_stored_answer_is_not_replayed_to_an_agency_that_lost_sight_of_the_case()
    {
        await using var story = await Story.AtCasesAsync();
        await story.Swift.ContactRecords.CreateAsync(story.Case.Id, story.Call("Will pay on Friday"), CallOptions.WithKey("key"));
        await story.ProposeAsync(50_000, key: "key");
        var call = story.Call("Will pay on Friday");
        await story.RecallAsync();

        await story.RefusesAsync(404, "case.not_found", () => story.Swift.ContactRecords.CreateAsync(story.Case.Id, call, CallOptions.WithKey("key")));
        await story.RefusesAsync(404, "case.not_found", () => story.ProposeAsync(50_000, key: "key"));
    }

    [Fact]
    public async Task A_debtor_stays_visible_through_another_open_case()
    {
        await using var story = await Story.AtTenantsAsync();
        var agreement = await story.Harbour.MandateAsync("swift");
        var portfolio = await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Two debts, one debtor", Currency = "CNY" });
        await story.Harbour.ImportAsync(portfolio.Id, """
            account_number,debtor_reference,debtor_name,phone,principal,oldest_due_date
            B-1,D-1,Example Debtor,+8610000000077,1000,2026-01-01
            B-2,D-1,Example Debtor,+8610000000077,2000,2026-01-01
            """, story.Today);
        var assignment = await story.Harbour.Assignments.CreateAsync(
            new NewAssignment { AgreementId = agreement.Id, PortfolioId = portfolio.Id, TermStart = story.Today, TermEnd = story.Today });
        await story.Swift.Assignments.AcknowledgeAsync(assignment.Id);
        var cases = (await story.Swift.AllCasesAsync()).ToDictionary(c => c.Account.AccountNumber, StringComparer.Ordinal);
        Assert.Equal(cases["B-1"].Account.Debtor.Id, cases["B-2"].Account.Debtor.Id);

        await story.RecallAsync(cases["B-1"]);

        await story.HidesAsync("account.not_found", cases["B-1"].Account.Id, id => story.Swift.Accounts.GetAsync(id));
        Assert.Equal(cases["B-1"].Account.Debtor.Id, (await story.Swift.Cases.GetAsync(cases["B-2"].Id)).Account.Debtor.Id);
        Assert.Single((await story.Swift.ContactPoints.ListAsync(cases["B-2"].Id)).Items);
        Assert.Equal("B-2", Assert.Single(await story.Swift.AllAccountsAsync()).AccountNumber);

        await story.RecallAsync(cases["B-2"]);

        Assert.Empty(await story.Swift.AllAccountsAsync());
        await story.HidesAsync("case.not_found", cases["B-2"].Id, id => story.Swift.ContactPoints.ListAsync(id));
    }

    [Fact]
    public async Task The_next_agency_gets_a_new_case_and_nothing_of_the_first_ones_work()
    {
        await using var story = await Story.AtCasesAsync();
        var lantern = await story.Harbour.MandateAsync("lantern");
        var record = await story.Swift.ContactRecords.CreateAsync(story.Case.Id, story.Call("Will pay on Friday"));
        var repayment = await story.PayAsync(1_000);
        var proposal = await story.ProposeAsync(50_000);
        await story.RecallAsync();

        var next = Assert.Single(await story.HandToAsync(story.Lantern, lantern));

        Assert.Equal((story.Case.Account.Id, 104_500L), (next.Account.Id, next.Account.Balance.Total.Amount));
        Assert.NotEqual(story.Case.Id, next.Id);
        Assert.Empty((await story.Lantern.ContactRecords.ListOfCasePageAsync(next.Id)).Items);
        Assert.Empty((await story.Lantern.Repayments.ListOfCasePageAsync(next.Id)).Items);
        Assert.Empty((await story.Lantern.Repayments.ListPageAsync()).Items);
        Assert.Empty((await story.Lantern.SettlementProposals.ListPageAsync()).Items);
        Assert.Empty((await story.Lantern.SettlementProposals.ListOfCasePageAsync(next.Id)).Items);
        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Lantern.Cases.GetAsync(id));
        await story.HidesAsync("contact_record.not_found", record.Id, id => story.Lantern.ContactRecords.GetAsync(id));
        await story.HidesAsync("repayment.not_found", repayment.Id, id => story.Lantern.Repayments.GetAsync(id));
        await story.HidesAsync("settlement_proposal.not_found", proposal.Id, id => story.Lantern.SettlementProposals.GetAsync(id));
        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Swift.Cases.GetAsync(id));
        await story.HidesAsync("case.not_found", next.Id, id => story.Swift.Cases.GetAsync(id));
        Assert.Equal(2, (await story.Harbour.AllCasesAsync()).Count(c => c.Account.Id == story.Case.Account.Id));
    }

    [Fact]
    public async Task An_account_that_was_sold_is_resolved()
    {
        await using var story = await Story.AtCasesAsync();

        var recalled = await story.RecallAsync(reason: RecallReason.Sold);

        Assert.Equal((CaseState.Recalled, AccountState.Resolved, (Resolution?)Resolution.Sold), (recalled.State, recalled.Account.State, recalled.Account.Resolution));
        await story.RefusesAsync(409, "assignment.no_eligible_accounts", () => story.Harbour.Assignments.CreateAsync(story.WholePortfolio()));
    }

    [Fact]
    public async Task Money_reported_before_the_recall_can_still_be_confirmed()
    {
        await using var story = await Story.AtCasesAsync();
        var lantern = await story.Harbour.MandateAsync("lantern");
        var repayment = await story.ReportAsync(105_500);
        await story.RecallAsync();
        var next = Assert.Single(await story.HandToAsync(story.Lantern, lantern));

        await story.ConfirmAsync(repayment);

        Assert.Equal((AccountState.Resolved, (Resolution?)Resolution.PaidInFull), ((await story.AccountAsync()).State, (await story.AccountAsync()).Resolution));
        Assert.Equal(CaseState.Closed, (await story.Harbour.Cases.GetAsync(next.Id)).State);
        Assert.Equal(CaseState.Recalled, (await story.Harbour.Cases.GetAsync(story.Case.Id)).State);
        await story.HidesAsync("case.not_found", next.Id, id => story.Lantern.Cases.GetAsync(id));
    }

    [Fact]
    public async Task A_case_that_ended_stays_gone_when_its_account_comes_back_to_the_agency()
    {
        await using var story = await Story.AtCasesAsync(1);
        var ended = story.Case.Id;
        await story.RecallAsync();

        var next = Assert.Single(await story.HandToAsync(story.Swift, story.Agreement));

        await story.HidesAsync("case.not_found", ended, id => story.Swift.Cases.GetAsync(id));
        Assert.Equal([next.Id], (await story.Swift.Cases.ListPageAsync(limit: 1000)).Items.Select(@case => @case.Id));
        Assert.Equal(2, (await story.Harbour.Cases.ListPageAsync(limit: 1000)).Items.Count);
    }
}
