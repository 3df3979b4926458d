using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Cases;

/// <summary>The end of a case's term, and what moves it. Every day is the debtor's.</summary>
public sealed class TermEndTests
{
    private const int TermDays = 10;

    [Fact]
    public async Task On_the_day_after_its_term_a_case_gets_notice_and_is_recalled_when_that_is_over()
    {
        await using var story = await AtTermAsync("""
            account_number,debtor_reference,debtor_name,time_zone,principal,oldest_due_date
            B-1,D-1,Example Debtor One,Asia/Shanghai,1000,2026-01-01
            B-2,D-2,Example Debtor Two,America/New_York,2000,2026-01-01
            """);
        var (shanghai, newYork) = (story.Cases["B-1"], story.Cases["B-2"]);
        var lastDay = story.Today.AddDays(TermDays);

        // 02:00 UTC on the last day, then to the second: midnight in Shanghai is 16:00 UTC.
        await story.PassAsync(TermDays);
        await story.PassAsync(TimeSpan.FromHours(14) - TimeSpan.FromSeconds(1));
        Assert.Equal([CaseState.Active, CaseState.Active], await StatesAsync(story, shanghai, newYork));

        await story.PassAsync(TimeSpan.FromSeconds(1));
        Assert.Equal([CaseState.RecallPending, CaseState.Active], await StatesAsync(story, shanghai, newYork));
        var noticed = await story.Swift.Cases.GetAsync(shanghai.Id);
        Assert.Equal((lastDay.AddDays(6), RecallReason.TermEnd), (noticed.RecallOn, noticed.RecallReason));

        // New York has changed to summer time: its midnight is 04:00 UTC.
        await story.PassAsync(TimeSpan.FromHours(12) - TimeSpan.FromSeconds(1));
        Assert.Equal(CaseState.Active, (await story.ReadAsync(newYork)).State);
        await story.PassAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(lastDay.AddDays(6), (await story.ReadAsync(newYork)).RecallOn);

        await story.PassAsync(4);
        Assert.Equal([CaseState.RecallPending, CaseState.RecallPending], await StatesAsync(story, shanghai, newYork));
        await story.PassAsync(TimeSpan.FromHours(12));
        Assert.Equal([CaseState.Recalled, CaseState.RecallPending], await StatesAsync(story, shanghai, newYork));
        await story.PassAsync(TimeSpan.FromHours(12));
        Assert.Equal([CaseState.Recalled, CaseState.Recalled], await StatesAsync(story, shanghai, newYork));
        Assert.Equal(("term_end", AccountState.Eligible), ((await story.ReadAsync(newYork)).EndReason, (await story.ReadAsync(newYork)).Account.State));
        Assert.Empty(await story.Swift.AllCasesAsync());
    }

    [Fact]
    public async Task A_granted_retention_moves_the_end_of_that_case_alone()
    {
        await using var story = await AtTermAsync();
        var (kept, other) = (story.Cases["A-1"], story.Cases["A-2"]);
        var end = story.Today.AddDays(40);
        var asked = await story.Swift.Cases.RequestRetentionAsync(kept.Id, new CaseRetention { TermEnd = end, Reason = KeepReason.PlanInForce, Note = "Two instalments left" });
        Assert.Equal((CaseState.Active, MotionKind.Retention, "plan_in_force", end), (asked.State, asked.OpenMotion!.Kind, asked.OpenMotion!.Reason, asked.OpenMotion!.RequestedEnd));

        var granted = await story.DoAsync("retention_grant", kept.Id);

        Assert.Equal((CaseState.Active, end), (granted.State, granted.ExtendedTo));
        Assert.Null(granted.OpenMotion);
        await story.PassAsync(TermDays + 1);
        Assert.Equal([CaseState.Active, CaseState.RecallPending], await StatesAsync(story, kept, other));
        await story.PassAsync(29);
        Assert.Equal(CaseState.Active, (await story.ReadAsync(kept)).State);
        await story.PassAsync(1);
        Assert.Equal((CaseState.RecallPending, story.Today.AddDays(5)), ((await story.ReadAsync(kept)).State, (await story.ReadAsync(kept)).RecallOn));
        Assert.Equal("case.opened case.retention_requested case.retention_granted case.recall_pending", story.EventsOf(kept.Id));
    }

    [Fact]
    public async Task The_bank_may_grant_another_day_and_a_refusal_changes_nothing_but_the_motion()
    {
        await using var story = await AtTermAsync();
        var cases = story.Harbour.Cases;
        await story.DoAsync("retention", story.Case.Id);
        await story.RefusesAsync(422, "case.date_too_early", () => cases.GrantRetentionAsync(story.Case.Id, new RetentionGrant { TermEnd = story.Today.AddDays(TermDays) }, CallOptions.WithKey("key")));
        var granted = await cases.GrantRetentionAsync(story.Case.Id, new RetentionGrant { TermEnd = story.Today.AddDays(TermDays + 1) });
        Assert.Equal(story.Today.AddDays(TermDays + 1), granted.ExtendedTo);

        var refused = await story.DoAllAsync(story.Case.Id, "retention", "retention_refusal");

        Assert.Equal((CaseState.Active, granted.ExtendedTo), (refused.State, refused.ExtendedTo));
        Assert.Equal([MotionAnswer.Accepted, MotionAnswer.Refused], (await story.Swift.Cases.ListMotionsPageAsync(story.Case.Id)).Items.Select(m => m.Answer));
    }

    [Fact]
    public async Task No_end_is_before_the_present_one_or_beyond_the_mandate()
    {
        await using var story = await Story.AtAccountsAsync();
        var mandate = await story.Harbour.Agreements.CreateAsync(new NewAgreement
        {
            AgencyId = await story.Harbour.AgencyIdAsync("swift"),
            Title = "Until summer",
            ValidFrom = story.Today,
            ValidTo = story.Today.AddDays(60),
        });
        var term = story.WholePortfolio();
        (term.AgreementId, term.TermEnd) = (mandate.Id, story.Today.AddDays(TermDays));
        var assignment = await story.Harbour.Assignments.CreateAsync(term);
        await story.Swift.Assignments.AcknowledgeAsync(assignment.Id);
        var id = (await story.Swift.AllCasesAsync())[0].Id;

        await story.RefusesAsync(422, "case.date_too_early", () => RetainAsync(TermDays));
        await story.RefusesAsync(409, "agreement.not_in_force", () => RetainAsync(61));
        Assert.Equal(story.Today.AddDays(60), (await RetainAsync(60)).OpenMotion!.RequestedEnd);
        await story.RefusesAsync(409, "agreement.not_in_force", () => story.Harbour.Cases.GrantRetentionAsync(id, new RetentionGrant { TermEnd = story.Today.AddDays(61) }, CallOptions.WithKey("key")));

        Task<Case> RetainAsync(int days) => story.Swift.Cases.RequestRetentionAsync(id, new CaseRetention { TermEnd = story.Today.AddDays(days), Reason = KeepReason.PaymentPending }, CallOptions.WithKey("key"));
    }

    [Fact]
    public async Task The_notice_of_a_term_s_end_is_taken_back_with_a_new_end_alone()
    {
        await using var story = await AtTermAsync();
        await story.PassAsync(TermDays + 1);
        await story.RefusesAsync(422, "case.term_over", () => story.DoAsync("withdrawal", story.Case.Id, key: "key"));
        await story.RefusesAsync(422, "case.date_too_early", () => WithdrawAsync(0));

        var active = await WithdrawAsync(1);

        Assert.Equal((CaseState.Active, story.Today.AddDays(1)), (active.State, active.ExtendedTo));
        await story.PassAsync(1);
        Assert.Equal(CaseState.Active, (await story.ReadAsync(story.Case)).State);
        await story.PassAsync(1);
        Assert.Equal(CaseState.RecallPending, (await story.ReadAsync(story.Case)).State);

        Task<Case> WithdrawAsync(int days) => story.Harbour.Cases.WithdrawRecallAsync(story.Case.Id, new RecallWithdrawal { TermEnd = story.Today.AddDays(days) }, CallOptions.WithKey("key"));
    }

    [Fact]
    public async Task A_recall_day_that_the_bank_granted_stands_beyond_the_term()
    {
        await using var story = await AtTermAsync();
        await story.DoAllAsync(story.Case.Id, "notice", "objection", "objection_acceptance");

        await story.PassAsync(19);
        Assert.Equal((CaseState.Active, RecallReason.Reallocation), ((await story.ReadAsync(story.Case)).State, (await story.ReadAsync(story.Case)).RecallReason));
        await story.PassAsync(1);
        Assert.Equal("reallocation", (await story.ReadAsync(story.Case)).EndReason);
    }

    [Fact]
    public async Task A_retention_replaces_a_recall_day_that_the_bank_granted()
    {
        await using var story = await AtTermAsync();

        var kept = await story.DoAllAsync(story.Case.Id, "notice", "objection", "objection_acceptance", "retention", "retention_grant");

        Assert.Null(kept.RecallOn);
        await story.PassAsync(30);
        Assert.Equal(CaseState.Active, (await story.ReadAsync(story.Case)).State);
    }

    [Theory]
    [InlineData("return")]
    [InlineData("retention")]
    public async Task The_end_of_the_term_takes_precedence_over_what_the_agency_asks(string asked)
    {
        await using var story = await AtTermAsync();
        await story.DoAsync(asked, story.Case.Id);

        await story.PassAsync(TermDays + 1);

        var noticed = await story.ReadAsync(story.Case);
        Assert.Equal((CaseState.RecallPending, RecallReason.TermEnd), (noticed.State, noticed.RecallReason));
        Assert.Null(noticed.OpenMotion);
        Assert.Equal(CaseState.RecallObjected, (await story.DoAsync("objection", story.Case.Id)).State);
    }

    [Fact]
    public async Task The_calendar_is_looked_at_every_minute()
    {
        await using var story = await AtTermAsync();
        story.Service.Clock.AdjustTime(story.Service.Clock.GetUtcNow().AddDays(TermDays + 1));

        story.Service.Clock.Advance(TimeSpan.FromMinutes(1));

        await Eventually.ReadAsync(() => story.ReadAsync(story.Case), now => now.State == CaseState.RecallPending);
    }

    [Fact]
    public async Task Sweeps_at_once_do_it_once_for_every_case_of_more_than_one_batch()
    {
        await using var story = await AtTermAsync(Story.Csv(450));

        story.Service.Clock.AdjustTime(story.Service.Clock.GetUtcNow().AddDays(TermDays + 1));
        await Task.WhenAll(story.SweepAsync(), story.SweepAsync(), story.SweepAsync());
        Assert.Equal("450|450|450", Count("recall_pending", "case.recall_pending", "case.recall_pending"));

        story.Service.Clock.AdjustTime(story.Service.Clock.GetUtcNow().AddDays(5));
        await Task.WhenAll(story.SweepAsync(), story.SweepAsync());
        Assert.Equal("450|450|450", Count("recalled", "case.ended", "case.recalled"));

        var rows = StoredRows.Digest(story.Service.Database);
        await story.PassAsync(1);
        Assert.Equal(rows["base_case"], StoredRows.Digest(story.Service.Database)["base_case"]);

        string Count(string state, string type, string action) => story.Service.Database.Scalar($"""
            SELECT (SELECT COUNT(*) FROM base_case WHERE state = '{state}') || '|' || (SELECT COUNT(*) FROM base_event WHERE type = '{type}')
                || '|' || (SELECT COUNT(*) FROM base_audit_entry WHERE action = '{action}')
            """)!;
    }

    // The cases of a term of ten days, by account number.
    private static async Task<Story> AtTermAsync(string? csv = null)
    {
        var story = await Story.AtTenantsAsync();
        await story.PlaceAsync(csv ?? Story.Csv(3), TermDays);
        return story;
    }

    private static async Task<CaseState[]> StatesAsync(Story story, params Case[] cases) => await Task.WhenAll(cases.Select(async c => (await story.ReadAsync(c)).State));
}
