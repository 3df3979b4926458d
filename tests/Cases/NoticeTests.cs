using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Cases;

/// <summary>The notice of a recall, the objection to it, and the bank's answer.</summary>
public sealed class NoticeTests
{
    [Fact]
    public async Task A_notice_names_its_day_and_the_agency_keeps_the_case_until_then()
    {
        await using var story = await Story.AtCasesAsync();

        var noticed = await story.DoAsync("notice", story.Case.Id);

        Assert.Equal((CaseState.RecallPending, story.Today.AddDays(5), RecallReason.Reallocation), (noticed.State, noticed.RecallOn, noticed.RecallReason));
        Assert.Equivalent(noticed.State, (await story.Swift.Cases.GetAsync(story.Case.Id)).State);
        Assert.Equal(noticed.RecallOn, Assert.Single((await story.Swift.Cases.ListPageAsync()).Items, c => c.Id == story.Case.Id).RecallOn);

        await story.PassAsync(4);
        Assert.Equal(CaseState.RecallPending, (await story.Swift.Cases.GetAsync(story.Case.Id)).State);

        await story.PassAsync(1);
        var recalled = await story.ReadAsync(story.Case);
        Assert.Equal((CaseState.Recalled, "reallocation", AccountState.Eligible), (recalled.State, recalled.EndReason, recalled.Account.State));
        Assert.Null(recalled.RecallOn);
        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Swift.Cases.GetAsync(id));
        Assert.Equal("case.opened case.recall_pending case.ended", story.EventsOf(story.Case.Id));
        Assert.Equal("1", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_audit_entry WHERE action = 'case.recalled' AND detail = 'reallocation' AND person_id IS NULL AND client_id IS NULL"));
        Assert.Equal("0", story.Service.Database.Scalar($"SELECT is_open FROM base_case_order WHERE LOWER(HEX(case_id)) = '{story.Case.Id:N}'"));
    }

    [Fact]
    public async Task A_later_day_can_be_named_and_an_earlier_one_can_t()
    {
        await using var story = await Story.AtCasesAsync();
        var cases = story.Harbour.Cases;

        await story.RefusesAsync(422, "case.notice_too_short", () => cases.RecallAsync(story.Case.Id, Legal(story.Today.AddDays(4)), CallOptions.WithKey("key")));
        Assert.Equal(story.Today.AddDays(5), (await cases.RecallAsync(story.Case.Id, Legal(story.Today.AddDays(5)))).RecallOn);
        Assert.Equal(story.Today.AddDays(30), (await cases.RecallAsync(story.Cases["A-2"].Id, Legal(story.Today.AddDays(30)))).RecallOn);

        // 16:00 UTC is midnight in Shanghai: the debtor's today is tomorrow.
        story.Service.Clock.Advance(TimeSpan.FromHours(14));
        await story.RefusesAsync(422, "case.notice_too_short", () => cases.RecallAsync(story.Cases["A-3"].Id, Legal(story.Today.AddDays(5)), CallOptions.WithKey("key")));
        Assert.Equal(story.Today.AddDays(6), (await cases.RecallAsync(story.Cases["A-3"].Id, Legal(null))).RecallOn);

        static CaseRecall Legal(DateOnly? on) => new() { Reason = RecallReason.Legal, On = on };
    }

    [Fact]
    public async Task An_objection_is_shown_to_both_and_keeps_the_case_until_the_bank_answers()
    {
        await using var story = await Story.AtCasesAsync();
        var objected = await story.DoAllAsync(story.Case.Id, "notice", "objection");

        Assert.Equal((CaseState.RecallObjected, MotionKind.RecallObjection, "active_promise", story.Today.AddDays(5)), (objected.State, objected.OpenMotion!.Kind, objected.OpenMotion!.Reason, objected.RecallOn));
        Assert.Equal("Pays on Friday", Assert.Single((await story.Harbour.Cases.ListMotionsPageAsync(story.Case.Id)).Items).Note);
        Assert.Equal("0", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_case_motion WHERE note_cipher LIKE '%Friday%'"));

        await story.PassAsync(9);
        Assert.Equal(CaseState.RecallObjected, (await story.Swift.Cases.GetAsync(story.Case.Id)).State);

        // Its day has passed, so a refusal lets the next sweep recall it.
        await story.DoAsync("objection_refusal", story.Case.Id);
        await story.SweepAsync();
        Assert.Equal((CaseState.Recalled, "reallocation"), ((await story.ReadAsync(story.Case)).State, (await story.ReadAsync(story.Case)).EndReason));
        var motion = Assert.Single((await story.Harbour.Cases.ListMotionsPageAsync(story.Case.Id)).Items);
        Assert.Equal((MotionAnswer.Refused, Deeds.Because.Reason), (motion.Answer, motion.AnswerReason));
    }

    [Fact]
    public async Task An_accepted_objection_gives_a_later_day_on_which_the_case_is_recalled()
    {
        await using var story = await Story.AtCasesAsync();
        await story.DoAllAsync(story.Case.Id, "notice", "objection");
        await story.RefusesAsync(422, "case.date_too_early", () => AcceptAsync(5));

        var accepted = await AcceptAsync(6);

        Assert.Equal((CaseState.Active, story.Today.AddDays(6), RecallReason.Reallocation), (accepted.State, accepted.RecallOn, accepted.RecallReason));
        Assert.Null(accepted.OpenMotion);
        var motion = Assert.Single((await story.Swift.Cases.ListMotionsPageAsync(story.Case.Id)).Items);
        Assert.Equal((MotionAnswer.Accepted, story.Today.AddDays(6)), (motion.Answer, motion.NewDate));
        await story.PassAsync(5);
        Assert.Equal(CaseState.Active, (await story.ReadAsync(story.Case)).State);
        await story.PassAsync(1);
        Assert.Equal((CaseState.Recalled, "reallocation"), ((await story.ReadAsync(story.Case)).State, (await story.ReadAsync(story.Case)).EndReason));

        Task<Case> AcceptAsync(int days) => story.Harbour.Cases.AcceptObjectionAsync(story.Case.Id, new ObjectionAcceptance { RecallOn = story.Today.AddDays(days) });
    }

    [Fact]
    public async Task There_is_one_objection_a_notice_and_another_to_the_next_notice()
    {
        await using var story = await Story.AtCasesAsync();
        await story.DoAllAsync(story.Case.Id, "notice", "objection", "objection_refusal");
        await story.RefusesAsync(409, "case.recall_objected_before", () => story.DoAsync("objection", story.Case.Id, key: "key"));

        var again = await story.DoAllAsync(story.Case.Id, "withdrawal", "notice", "objection");
        Assert.Equal(CaseState.RecallObjected, again.State);

        again = await story.DoAllAsync(story.Case.Id, "objection_acceptance", "notice", "objection");
        Assert.Equal(CaseState.RecallObjected, again.State);
        Assert.Equal([MotionAnswer.Refused, MotionAnswer.Accepted, null], (await story.Harbour.Cases.ListMotionsPageAsync(story.Case.Id)).Items.Select(m => m.Answer));
    }

    [Fact]
    public async Task A_notice_that_was_taken_back_is_forgotten()
    {
        await using var story = await Story.AtCasesAsync();

        var active = await story.DoAllAsync(story.Case.Id, "notice", "withdrawal");

        Assert.Equal(CaseState.Active, active.State);
        Assert.Null(active.RecallOn);
        Assert.Null(active.RecallReason);
        await story.PassAsync(30);
        Assert.Equal(CaseState.Active, (await story.ReadAsync(story.Case)).State);
    }

    [Theory]
    [InlineData("return")]
    [InlineData("retention")]
    public async Task A_notice_takes_precedence_over_what_the_agency_asks(string asked)
    {
        await using var story = await Story.AtCasesAsync();

        var noticed = await story.DoAllAsync(story.Case.Id, asked, "notice");

        Assert.Equal(CaseState.RecallPending, noticed.State);
        Assert.Null(noticed.OpenMotion);
        Assert.Equal(CaseState.Active, (await story.DoAsync("withdrawal", story.Case.Id)).State);
        Assert.Equal(CaseState.ReturnRequested, (await story.DoAsync("return", story.Case.Id)).State);
        Assert.Null((await story.Harbour.Cases.ListMotionsPageAsync(story.Case.Id)).Items[0].Answer);
    }

    [Fact]
    public async Task Money_that_pays_all_closes_the_case_whatever_stands()
    {
        await using var story = await Story.AtCasesAsync();
        var repayment = await story.ReportAsync(105_500);
        await story.DoAllAsync(story.Case.Id, "notice", "objection");

        await story.ConfirmAsync(repayment);
        await story.PassAsync(10);

        var closed = await story.ReadAsync(story.Case);
        Assert.Equal((CaseState.Closed, "paid_in_full"), (closed.State, closed.EndReason));
        Assert.Null(closed.OpenMotion);
        Assert.Null(closed.RecallOn);
    }
}
