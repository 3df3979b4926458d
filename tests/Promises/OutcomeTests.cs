using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Promises;

/// <summary>What becomes of a promise: by confirmed money paid in its time, and by the debtor's calendar. The agreement gives three days of grace.</summary>
public sealed class OutcomeTests
{
    [Fact]
    public async Task It_is_kept_once_the_bank_has_all_of_it()
    {
        await using var story = await Story.AtCasesAsync();
        var promise = await story.PromiseAsync(3);

        await story.PayAsync(6_000);
        Assert.Equal((PromiseState.Open, "2026-03-05"), (await story.StateOfAsync(promise), story.NextPromiseOn()));
        await story.ToAsync(3);
        await story.PayAsync(5_000);

        var kept = await story.Swift.Promises.GetAsync(promise.Id);
        Assert.Equal((PromiseState.Kept, 10_000L, (DateTimeOffset?)story.Service.Clock.GetUtcNow()), (kept.State, kept.Paid!.Amount, kept.OutcomeAt));
        Assert.Equal("9999-12-31", story.NextPromiseOn());
        Assert.Null((await story.Harbour.Cases.GetAsync(story.Case.Id)).NextPromiseOn);
        foreach (var side in new[] { story.Harbour, story.Swift })
        {
            Assert.EquivalentWithExclusions(kept, Assert.Single((await side.Promises.ListPageAsync()).Items), strict: true, "RawAnswer", "ETag");
            Assert.EquivalentWithExclusions(kept, Assert.Single((await side.Promises.ListPageAsync(changedAfter: "start")).Items), strict: true, "RawAnswer", "ETag");
            Assert.Contains((await side.Cases.ListTimelinePageAsync(story.Case.Id, 1000)).Items, entry => entry.Type == "promise.kept" && entry.Promise!.State == PromiseState.Kept);
        }

        // More money, and days that pass, say nothing new of it.
        await story.PayAsync(1_000);
        await story.ToAsync(20);
        Assert.Equal("promise.made promise.kept", story.EventsOf(promise.Id));
    }

    [Fact]
    public async Task It_is_broken_when_the_days_of_grace_are_over_where_the_debtor_lives()
    {
        await using var story = await Story.AtCasesAsync();
        var promise = await story.PromiseAsync(3);

        // Its date is the 5th, the last day of grace the 8th; midnight in Shanghai is 16:00 UTC.
        await story.ToAsync(new DateTimeOffset(2026, 3, 8, 15, 59, 59, TimeSpan.Zero));
        Assert.Equal(PromiseState.Open, await story.StateOfAsync(promise));
        await story.ToAsync(new DateTimeOffset(2026, 3, 8, 16, 0, 0, TimeSpan.Zero));

        var broken = await story.Swift.Promises.GetAsync(promise.Id);
        Assert.Equal((PromiseState.Broken, 0L, "9999-12-31"), (broken.State, broken.Paid!.Amount, story.NextPromiseOn()));

        // Nobody did it, on the bank's side.
        Assert.Equal("1", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_promise_outcome WHERE person_id IS NULL AND client_id IS NULL"));
        Assert.Equal("harbour", story.Service.Database.Scalar("SELECT t.code FROM base_audit_entry a INNER JOIN base_tenant t ON t.tenant_id = a.tenant_id WHERE a.action = 'promise.broken'"));
    }

    [Fact]
    public async Task The_calendar_finds_it_broken_once_however_often_it_looks()
    {
        await using var story = await Story.AtCasesAsync();
        var promise = await story.PromiseAsync(3);
        story.Service.Clock.AdjustTime(TestDatabase.Start.AddDays(9));

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => story.SweepPromisesAsync()));
        await story.SweepPromisesAsync();

        Assert.Equal("promise.made promise.broken", story.EventsOf(promise.Id));
        Assert.Equal("1", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_promise_outcome"));
    }

    [Fact]
    public async Task A_part_in_time_keeps_it_in_part()
    {
        await using var story = await Story.AtCasesAsync();
        var promise = await story.PromiseAsync(3);
        await story.PayAsync(2_500);
        await story.ToAsync(7);
        Assert.Equal(PromiseState.PartlyKept, await story.StateOfAsync(promise));

        // What was paid in time counts, however late the bank finds it; what was paid later does not.
        await story.PayAsync(500, story.Day(2));
        await story.PayAsync(9_000, story.Day(4));

        var read = await story.Harbour.Promises.GetAsync(promise.Id);
        Assert.Equal((PromiseState.PartlyKept, 3_000L), (read.State, read.Paid!.Amount));
        Assert.Equal("promise.made promise.partly_kept promise.partly_kept", story.EventsOf(promise.Id));
    }

    [Fact]
    public async Task A_late_confirmation_of_money_paid_in_time_keeps_what_was_broken()
    {
        await using var story = await Story.AtCasesAsync();
        var promise = await story.PromiseAsync(3);
        await story.ToAsync(7);
        var report = await story.ReportAsync(10_000, story.Day(3));
        Assert.Equal(PromiseState.Broken, await story.StateOfAsync(promise));

        await story.ConfirmAsync(report);

        Assert.Equal(PromiseState.Kept, await story.StateOfAsync(promise));
        Assert.Equal("promise.made promise.broken promise.kept", story.EventsOf(promise.Id));
        Assert.Equal("9999-12-31", story.NextPromiseOn());
    }

    [Fact]
    public async Task Reported_money_that_waits_for_the_bank_puts_the_breach_off()
    {
        await using var story = await Story.AtCasesAsync();
        var promise = await story.PromiseAsync(3);
        var late = await story.ReportAsync(10_000, story.Day(0));
        await story.ToAsync(30);
        Assert.Equal(PromiseState.Open, await story.StateOfAsync(promise));

        await story.Harbour.Repayments.RejectAsync(late.Id, Deeds.Because);

        Assert.Equal(PromiseState.Broken, await story.StateOfAsync(promise));
        Assert.Equal("promise.made promise.broken", story.EventsOf(promise.Id));
    }

    [Fact]
    public async Task Money_that_goes_back_opens_it_again_and_its_date_may_break_it()
    {
        await using var story = await Story.AtCasesAsync();
        var promise = await story.PromiseAsync(3);
        var paid = await story.PayAsync(10_000);
        await story.ReverseAsync(paid);
        var open = await story.Swift.Promises.GetAsync(promise.Id);
        Assert.Equal((PromiseState.Open, null, null, "2026-03-05"), (open.State, open.Paid, open.OutcomeAt, story.NextPromiseOn()));

        await story.ToAsync(7);
        Assert.Equal(PromiseState.Broken, await story.StateOfAsync(promise));
        Assert.Equal("promise.made promise.kept promise.reopened promise.broken", story.EventsOf(promise.Id));
    }

    [Fact]
    public async Task Money_that_goes_back_when_its_time_is_over_breaks_it()
    {
        await using var story = await Story.AtCasesAsync();
        var promise = await story.PromiseAsync(3);
        var paid = await story.PayAsync(10_000);
        await story.ToAsync(10);

        await story.ReverseAsync(paid);

        Assert.Equal("promise.made promise.kept promise.broken", story.EventsOf(promise.Id));
    }

    [Fact]
    public async Task What_was_known_before_it_was_made_is_not_what_was_promised()
    {
        await using var story = await Story.AtCasesAsync();
        var before = await story.ReportAsync(10_000);
        var promise = await story.PromiseAsync(3);

        await story.ConfirmAsync(before);

        Assert.Equal(PromiseState.Open, await story.StateOfAsync(promise));
        await story.PayAsync(10_000);
        Assert.Equal(PromiseState.Kept, await story.StateOfAsync(promise));
    }

    [Fact]
    public async Task Money_paid_after_its_date_keeps_nothing_though_within_the_grace()
    {
        await using var story = await Story.AtCasesAsync();
        var promise = await story.PromiseAsync(3);
        await story.ToAsync(4);
        await story.PayAsync(10_000, story.Day(4));
        Assert.Equal(PromiseState.Open, await story.StateOfAsync(promise));

        await story.ToAsync(7);

        Assert.Equal(PromiseState.Broken, await story.StateOfAsync(promise));
    }

    [Fact]
    public async Task Of_two_promises_each_has_the_money_of_its_own_time()
    {
        await using var story = await Story.AtCasesAsync();
        var first = await story.PromiseAsync(10);
        var early = await story.ReportAsync(10_000);
        await story.ToAsync(2);
        var second = await story.PromiseAsync(20);
        Assert.Equal((PromiseState.Superseded, PromiseState.Open), (await story.StateOfAsync(first), await story.StateOfAsync(second)));

        await story.ConfirmAsync(early);
        Assert.Equal((PromiseState.Kept, PromiseState.Open), (await story.StateOfAsync(first), await story.StateOfAsync(second)));
        Assert.Equal("2026-03-22", story.NextPromiseOn());

        await story.PayAsync(10_000, story.Day(2));
        Assert.Equal(PromiseState.Kept, await story.StateOfAsync(second));

        // The debtor is not held to the former one any more.
        await story.ReverseAsync(early);
        await story.ToAsync(40);
        Assert.Equal((PromiseState.Superseded, PromiseState.Kept), (await story.StateOfAsync(first), await story.StateOfAsync(second)));
        Assert.Equal("promise.made promise.superseded promise.kept promise.reopened", story.EventsOf(first.Id));
        Assert.Equal("9999-12-31", story.NextPromiseOn());
    }

    [Fact]
    public async Task One_that_is_kept_is_not_superseded_by_the_next()
    {
        await using var story = await Story.AtCasesAsync();
        var first = await story.PromiseAsync(10);
        await story.PayAsync(10_000);

        var second = await story.PromiseAsync(20);

        Assert.Equal((PromiseState.Kept, PromiseState.Open), (await story.StateOfAsync(first), await story.StateOfAsync(second)));
        Assert.Equal("promise.made promise.kept", story.EventsOf(first.Id));
    }

    [Fact]
    public async Task One_yuan_keeps_one_promise_the_earliest_due_first()
    {
        await using var story = await Story.AtCasesAsync(1);
        var mandate = await story.Harbour.MandateAsync("lantern");
        var first = await story.PromiseAsync(10);
        await story.RecallAsync();
        var next = Assert.Single(await story.HandToAsync(story.Lantern, mandate));
        var second = await story.Lantern.Promises.CreateAsync(next.Id, new NewPromise { Amount = Story.Cny(10_000), DueOn = story.Day(5) });

        // Paid on the day on which one agency's case ended and the other's began.
        var paid = await story.Lantern.Repayments.CreateAsync(next.Id, new NewRepayment { Amount = Story.Cny(15_000), PaidOn = story.Day(0) });
        await story.ConfirmAsync(paid);
        Assert.Equal((PromiseState.Lapsed, PromiseState.Kept), (await story.StateOfAsync(first), (await story.Lantern.Promises.GetAsync(second.Id)).State));

        var more = await story.Lantern.Repayments.CreateAsync(next.Id, new NewRepayment { Amount = Story.Cny(5_000), PaidOn = story.Day(0) });
        await story.ConfirmAsync(more);
        Assert.Equal(PromiseState.Kept, await story.StateOfAsync(first));
    }

    [Fact]
    public async Task The_last_payment_of_a_debt_keeps_the_promise_of_its_case_and_closes_it()
    {
        await using var story = await Story.AtCasesAsync();
        var promise = await story.PromiseAsync(106_000, 3);

        await story.PayAsync(106_000, acceptOverpayment: true);

        Assert.Equal((CaseState.Closed, PromiseState.Kept), ((await story.Harbour.Cases.GetAsync(story.Case.Id)).State, await story.StateOfAsync(promise)));
    }

    [Fact]
    public async Task A_promise_whose_case_ended_in_its_time_is_kept_by_late_reported_money_and_never_broken()
    {
        await using var story = await Story.AtCasesAsync();
        var promise = await story.PromiseAsync(10);
        await story.ToAsync(2);
        await story.RecallAsync();
        await story.ToAsync(8);
        Assert.Equal(PromiseState.Lapsed, await story.StateOfAsync(promise));

        await story.PayAsync(10_000, story.Day(1));
        Assert.Equal(PromiseState.Kept, await story.StateOfAsync(promise));

        await story.ReverseAsync(Assert.Single((await story.Harbour.Repayments.ListPageAsync()).Items));
        await story.ToAsync(60);
        Assert.Equal(PromiseState.Lapsed, await story.StateOfAsync(promise));
        Assert.Equal("promise.made promise.kept promise.reopened", story.EventsOf(promise.Id));
    }

    [Fact]
    public async Task The_grace_is_the_agreements()
    {
        await using var story = await Story.AtAccountsAsync();
        var strict = await story.Harbour.Agreements.CreateAsync(new NewAgreement
        {
            AgencyId = await story.Harbour.AgencyIdAsync("swift"),
            Title = "No grace",
            ValidFrom = new DateOnly(2020, 1, 1),
            Terms = new NewAgreementTerms { PromiseGraceDays = 0 },
        });
        var @case = (await story.HandToAsync(story.Swift, strict))[0];
        var promise = await story.PromiseAsync(3, @case);

        await story.ToAsync(3);
        Assert.Equal(PromiseState.Open, await story.StateOfAsync(promise));
        await story.ToAsync(4);
        Assert.Equal(PromiseState.Broken, await story.StateOfAsync(promise));
    }

    [Fact]
    public async Task Money_paid_to_the_bank_itself_keeps_it_until_it_goes_back()
    {
        await using var story = await Story.AtCasesAsync();
        var promise = await story.PromiseAsync(3);

        var payment = await story.PaidDirectlyAsync(10_000, "B-1");
        Assert.Equal(PromiseState.Kept, await story.StateOfAsync(promise));

        await story.Harbour.DirectPayments.ReverseAsync(payment.Id, Deeds.Because);
        Assert.Equal(("promise.made promise.kept promise.reopened", "2026-03-05"), (story.EventsOf(promise.Id), story.NextPromiseOn()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Money_that_is_known_twice_keeps_it_once_and_as_long_as_either_record_stands(bool reportFirst)
    {
        await using var story = await Story.AtCasesAsync();
        var promise = await story.PromiseAsync(3);
        var report = await story.ReportAsync(6_000);
        DirectPayment payment;
        if (reportFirst)
        {
            await story.ConfirmAsync(report);
            payment = await story.PaidDirectlyAsync(6_000, "B-1", sameAs: report.Id);
        }
        else
        {
            payment = await story.PaidDirectlyAsync(6_000, "B-1");
            await story.ConfirmAsAsync(report, payment.Id);
        }

        Assert.Equal(PromiseState.Open, await story.StateOfAsync(promise));
        await story.PayAsync(4_000);
        Assert.Equal(PromiseState.Kept, await story.StateOfAsync(promise));
        await story.ReverseAsync(report);
        Assert.Equal(PromiseState.Kept, await story.StateOfAsync(promise));
        await story.Harbour.DirectPayments.ReverseAsync(payment.Id, Deeds.Because);
        Assert.Equal("promise.made promise.kept promise.reopened", story.EventsOf(promise.Id));
    }

    [Fact]
    public async Task A_withdrawn_report_is_waited_for_no_more()
    {
        await using var story = await Story.AtCasesAsync();
        var promise = await story.PromiseAsync(3);
        var report = await story.ReportAsync(10_000);
        await story.ToAsync(7);
        Assert.Equal(PromiseState.Open, await story.StateOfAsync(promise));

        await story.Swift.Repayments.WithdrawAsync(report.Id, new RepaymentWithdrawal());

        Assert.Equal("promise.made promise.broken", story.EventsOf(promise.Id));

        // Nor does one that was withdrawn in time keep the calendar from it.
        var second = await story.PromiseAsync(9);
        await story.Swift.Repayments.WithdrawAsync((await story.ReportAsync(10_000)).Id, new RepaymentWithdrawal());
        await story.ToAsync(13);
        Assert.Equal(PromiseState.Broken, await story.StateOfAsync(second));
    }

    [Fact]
    public async Task The_banks_new_figures_keep_nothing_and_break_nothing()
    {
        await using var story = await Story.AtCasesAsync();
        var promise = await story.PromiseAsync(3);
        await story.PayAsync(10_000);

        await story.RefreshAsync(story.Figures(50_000, 0, 0), story.Today);
        await story.PromiseAsync(4);
        await story.RefreshAsync(story.Figures(30_000, 0, 0), story.Today);

        Assert.Equal("promise.made promise.kept", story.EventsOf(promise.Id));
        Assert.Equal("1", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_promise_outcome"));
    }

    [Fact]
    public async Task Who_confirms_is_written_beside_the_outcome()
    {
        await using var story = await Story.AtCasesAsync();
        await story.PromiseAsync(3);
        var paid = await story.ReportAsync(10_000);

        await story.Service.As("analyst@harbour.example").Repayments.ConfirmAsync(paid.Id, new RepaymentConfirmation());

        Assert.Equal("1", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_promise_outcome WHERE outcome = 'kept' AND person_id IS NOT NULL"));
    }
}
