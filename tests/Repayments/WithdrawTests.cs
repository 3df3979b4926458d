using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Repayments;

public sealed class WithdrawTests
{
    [Fact]
    public async Task A_report_is_taken_back_and_can_then_not_be_decided_on()
    {
        await using var story = await Story.AtCasesAsync();
        var repayment = await story.ReportAsync(100);

        var withdrawn = await WithdrawAsync(story.Swift, repayment.Id);

        Assert.Equal((RepaymentState.Withdrawn, "Typed twice", (DateTimeOffset?)TestDatabase.Start), (withdrawn.State, withdrawn.Reason, withdrawn.DecidedAt));
        Assert.Equal(RepaymentState.Withdrawn, (await story.Harbour.Repayments.GetAsync(repayment.Id)).State);
        await story.RefusesAsync(409, "repayment.is_withdrawn", () => story.ConfirmAsync(repayment));
        await story.RefusesAsync(409, "repayment.is_withdrawn", () => story.Harbour.Repayments.RejectAsync(repayment.Id, Deeds.Because));
        await story.RefusesAsync(409, "repayment.is_withdrawn", () => story.ReverseAsync(repayment));
        await story.RefusesAsync(409, "repayment.is_withdrawn", () => WithdrawAsync(story.Swift, repayment.Id));
        Assert.Contains((await story.Harbour.Events.ListPageAsync(1000)).Items, e => e.Type == "repayment.withdrawn" && e.Subject.Id == repayment.Id);
    }

    [Fact]
    public async Task What_the_bank_has_decided_on_stays()
    {
        await using var story = await Story.AtCasesAsync();
        var confirmed = await story.PayAsync(100);
        var rejected = await story.ReportAsync(100);
        await story.Harbour.Repayments.RejectAsync(rejected.Id, Deeds.Because);

        await story.RefusesAsync(409, "repayment.is_confirmed", () => WithdrawAsync(story.Swift, confirmed.Id));
        await story.RefusesAsync(409, "repayment.is_rejected", () => WithdrawAsync(story.Swift, rejected.Id));
        await story.ReverseAsync(confirmed);
        await story.RefusesAsync(409, "repayment.is_reversed", () => WithdrawAsync(story.Swift, confirmed.Id));
    }

    [Fact]
    public async Task To_another_agency_it_does_not_exist_and_no_bank_does_it()
    {
        await using var story = await Story.AtCasesAsync();
        var repayment = await story.ReportAsync(100);

        await story.HidesAsync("repayment.not_found", repayment.Id, id => WithdrawAsync(story.Lantern, id));
        await story.RefusesAsync(403, "auth.missing_scope", () => WithdrawAsync(story.Harbour, repayment.Id));
        await story.RefusesAsync(422, "request.invalid", () => story.Swift.Repayments.WithdrawAsync(repayment.Id, new RepaymentWithdrawal { Reason = new string('x', 401) }));
    }

    [Fact]
    public async Task The_same_key_withdraws_once()
    {
        await using var story = await Story.AtCasesAsync();
        var repayment = await story.ReportAsync(100);

        await story.ActsOnceAsync(key => WithdrawAsync(story.Swift, repayment.Id, key));
    }

    [Fact]
    public async Task After_the_case_it_can_be_taken_back_as_long_as_reports_are_taken()
    {
        await using var story = await Story.AtCasesAsync();
        var (first, second) = (await story.ReportAsync(100), await story.ReportAsync(200));
        await story.RecallAsync();
        story.Service.Clock.Advance(TimeSpan.FromDays(7));
        Assert.Equal(RepaymentState.Withdrawn, (await WithdrawAsync(story.Swift, first.Id)).State);

        story.Service.Clock.Advance(TimeSpan.FromMilliseconds(1));

        await story.RefusesAsync(409, "repayment.after_window", () => WithdrawAsync(story.Swift, second.Id));
    }

    private static Task<Repayment> WithdrawAsync(Side side, Guid id, string? key = null) =>
        side.Repayments.WithdrawAsync(id, new RepaymentWithdrawal { Reason = "Typed twice" }, CallOptions.WithKey(key));
}
