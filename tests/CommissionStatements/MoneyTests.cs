using Agency.Sdk;
using Agency.Tests.Support;
using static Agency.Tests.CommissionStatements.StatementDeeds;

namespace Agency.Tests.CommissionStatements;

/// <summary>Which money is an agency's: what is attributed to its case, once however often it is known, as long as a record of it stands.</summary>
public sealed class MoneyTests
{
    [Fact]
    public async Task A_direct_payment_in_a_case_s_tenure_is_the_agency_s_money()
    {
        await using var story = await AtCaseAsync();
        var payment = await story.PaidDirectlyAsync(10_000, "B-1");
        await story.EndMonthAsync();
        await story.Harbour.DirectPayments.ReverseAsync(payment.Id, Deeds.Because);
        await story.EndMonthAsync();

        Assert.Equal([(10_000, 1_000)], await story.FeesAsync(3));
        Assert.Equal([(-10_000, -1_000)], await story.FeesAsync(4));
        var (line, back) = (Assert.Single(await story.LinesAsync(await story.StatementAsync(3))), Assert.Single(await story.LinesAsync(await story.StatementAsync(4))));
        Assert.Equal((payment.Id, null, story.Case.Id), (line.DirectPaymentId!.Value, line.RepaymentId, line.CaseId));
        Assert.Equal("Paid to the bank itself. M1 when assigned: 100.00 × 10% = 10.00.", line.Explanation);
        Assert.Equal((payment.Id, 1), (back.DirectPaymentId!.Value, back.Original!.Number));
    }

    [Fact]
    public async Task A_direct_payment_that_is_no_case_s_earns_nothing_and_is_in_no_statement()
    {
        await using var story = await AtCaseAsync(Attribution.ReportedInWindow);
        var payment = await story.PaidDirectlyAsync(10_000, "B-1");
        Assert.Null(payment.AttributedCaseId);
        await story.EndMonthAsync();
        Assert.Empty((await story.Harbour.Statements.ListPageAsync()).Items);

        // Reported, it is the case's from the confirmation on, and no longer than the report stands.
        var report = await story.ReportAsync(10_000);
        await story.ConfirmAsAsync(report, payment.Id);
        await story.EndMonthAsync();
        await story.ReverseAsync(report);
        await story.EndMonthAsync();
        Assert.Equal([(10_000, 1_000)], await story.FeesAsync(4));
        Assert.Equal([(-10_000, -1_000)], await story.FeesAsync(5));
    }

    [Fact]
    public async Task A_report_of_money_that_is_another_case_s_earns_nothing()
    {
        await using var story = await AtCaseAsync();
        var during = story.Today;
        await story.RecallAsync();
        story.Service.Clock.Advance(TimeSpan.FromDays(2));
        var mandate = await story.Harbour.MandateAsync("lantern");
        var next = (await story.HandToAsync(story.Lantern, mandate)).Single(c => c.Account.Id == story.Case.Account.Id);
        var payment = await story.PaidDirectlyAsync(10_000, "B-1", during);
        var report = await story.Lantern.Repayments.CreateAsync(next.Id, new NewRepayment { Amount = Story.Cny(10_000), PaidOn = story.Today });
        Assert.Null((await story.ConfirmAsAsync(report, payment.Id)).AttributedCaseId);
        await story.EndMonthAsync();

        Assert.Empty((await story.Lantern.Statements.ListPageAsync()).Items);
        Assert.Equal([(10_000, 1_000)], await story.FeesAsync(3));
        await story.Harbour.DirectPayments.ReverseAsync(payment.Id, Deeds.Because);
        await story.EndMonthAsync();
        Assert.Equal([(-10_000, -1_000)], await story.FeesAsync(4));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Money_that_is_known_twice_earns_once_and_goes_with_the_second_reversal(bool reportFirst, bool reverseReportFirst)
    {
        await using var story = await AtCaseAsync();
        var report = await story.ReportAsync(10_000);
        Guid payment;
        if (reportFirst)
        {
            await story.ConfirmAsync(report);
            await story.EndMonthAsync();
            payment = (await story.PaidDirectlyAsync(10_000, "B-1", new DateOnly(2026, 3, 31), sameAs: report.Id)).Id;
        }
        else
        {
            payment = (await story.PaidDirectlyAsync(10_000, "B-1")).Id;
            await story.EndMonthAsync();
            await story.ConfirmAsAsync(report, payment);
        }

        await story.EndMonthAsync();
        await ReverseAsync(reverseReportFirst);
        await story.EndMonthAsync();
        await ReverseAsync(!reverseReportFirst);
        await story.EndMonthAsync();

        Assert.Equal([3, 6], (await story.Harbour.Statements.ListPageAsync()).Items.Select(s => s.Month.Month).Order());
        Assert.Equal([(10_000, 1_000)], await story.FeesAsync(3));
        Assert.Equal([(-10_000, -1_000)], await story.FeesAsync(6));

        // The line names the record that went last, and the line of the one that came first.
        var (line, back) = (Assert.Single(await story.LinesAsync(await story.StatementAsync(3))), Assert.Single(await story.LinesAsync(await story.StatementAsync(6))));
        Assert.Equal(reportFirst ? report.Id : payment, (line.RepaymentId ?? line.DirectPaymentId)!.Value);
        Assert.Equal(reverseReportFirst ? payment : report.Id, (back.RepaymentId ?? back.DirectPaymentId)!.Value);
        Assert.Equal(((await story.StatementAsync(3)).Id, 1), (back.Original!.StatementId, back.Original.Number));

        Task ReverseAsync(bool theReport) => theReport ? story.ReverseAsync(report) : story.Harbour.DirectPayments.ReverseAsync(payment, Deeds.Because);
    }

    [Fact]
    public async Task Money_that_is_matched_anew_is_the_same_money_still()
    {
        await using var story = await AtCaseAsync();
        var payment = await story.PaidDirectlyAsync(10_000, "B-1");
        await story.EndMonthAsync();
        var (wrong, right) = (await story.ReportAsync(10_000), await story.ReportAsync(10_000));
        await story.ConfirmAsAsync(wrong, payment.Id);
        await story.ReverseAsync(wrong);
        await story.ConfirmAsAsync(right, payment.Id);
        await story.Harbour.DirectPayments.ReverseAsync(payment.Id, Deeds.Because);
        var again = await story.PaidDirectlyAsync(10_000, "B-2", new DateOnly(2026, 3, 31), sameAs: right.Id);
        await story.ReverseAsync(right);
        await story.EndMonthAsync();
        Assert.Equal([3], (await story.Harbour.Statements.ListPageAsync()).Items.Select(s => s.Month.Month));

        await story.Harbour.DirectPayments.ReverseAsync(again.Id, Deeds.Because);
        await story.EndMonthAsync();
        var back = Assert.Single(await story.LinesAsync(await story.StatementAsync(5)));
        Assert.Equal((again.Id, -1_000, (await story.StatementAsync(3)).Id), (back.DirectPaymentId!.Value, back.Commission.Amount, back.Original!.StatementId));
    }

    [Fact]
    public async Task Known_twice_and_gone_within_a_month_it_earns_nothing()
    {
        await using var story = await AtCaseAsync();
        var payment = await story.PaidDirectlyAsync(10_000, "B-1");
        var report = await story.ReportAsync(10_000);
        await story.ConfirmAsAsync(report, payment.Id);
        await story.Harbour.DirectPayments.ReverseAsync(payment.Id, Deeds.Because);
        await story.ReverseAsync(report);
        await story.EndMonthAsync();

        Assert.Equal([(10_000, 0), (-10_000, 0)], await story.FeesAsync(3));
    }

    [Fact]
    public async Task Settled_money_can_be_booked_as_a_direct_payment_and_still_counts_once()
    {
        await using var story = await AtCaseAsync();
        var report = await story.ConfirmAsync(await story.ReportAsync(10_000));
        await story.EndMonthAsync();
        var march = await story.StatementAsync(3);
        await story.DoAsync(march.Id, "issuance", "agreement", "payment", "lock");
        var owed = await story.OwedAsync();
        var payment = await story.PaidDirectlyAsync(10_000, "B-1", new DateOnly(2026, 3, 31), sameAs: report.Id);
        Assert.Equal((story.Case.Id, owed), (payment.AttributedCaseId!.Value, await story.OwedAsync()));

        await story.Harbour.DirectPayments.ReverseAsync(payment.Id, Deeds.Because);
        Assert.Equal(owed, await story.OwedAsync());
        Assert.Equal(story.Case.Id, (await story.Harbour.Repayments.GetAsync(report.Id)).AttributedCaseId);
        await story.EndMonthAsync();
        Assert.Single((await story.Harbour.Statements.ListPageAsync()).Items);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Money_in_the_bank_s_figures_earns_the_same_whichever_came_first(bool refreshFirst)
    {
        await using var story = await AtCaseAsync();
        var report = await story.ReportAsync(10_000);
        if (!refreshFirst)
        {
            await story.ConfirmAsync(report);
        }

        story.Service.Clock.Advance(TimeSpan.FromDays(1));
        await story.RefreshAsync(story.Figures(90_000, 0, 0), story.Today);
        if (refreshFirst)
        {
            await story.ConfirmAsync(report);
        }

        Assert.Equal((0, 0, 90_000), await story.OwedAsync());
        await story.EndMonthAsync();
        await story.ReverseAsync(report);
        await story.EndMonthAsync();

        Assert.Equal([(10_000, 1_000)], await story.FeesAsync(3));
        Assert.Equal([(-10_000, -1_000)], await story.FeesAsync(4));
    }

    [Fact]
    public async Task What_was_overpaid_earns_nothing_also_when_it_is_used_up_later()
    {
        await using var story = await AtCaseAsync();
        var first = await story.PaidDirectlyAsync(10_000, "B-1");
        var owed = (await story.AccountAsync()).Balance.Total.Amount;
        await story.PaidDirectlyAsync(owed + 10_000, "B-2", acceptOverpayment: true);
        await story.EndMonthAsync();
        await story.Harbour.DirectPayments.ReverseAsync(first.Id, Deeds.Because);
        Assert.Equal((0, 0, 0), await story.OwedAsync());
        await story.EndMonthAsync();

        Assert.Equal([(10_000, 1_000), (owed, owed / 10)], await story.FeesAsync(3));
        Assert.Equal([(-10_000, -1_000)], await story.FeesAsync(4));
    }

    /// <summary>Swift works A-1, which was in M1, at ten per cent.</summary>
    private static async Task<Story> AtCaseAsync(Attribution? attribution = null)
    {
        var story = await Story.AtTenantsAsync();
        await story.PlaceAsync(Story.Csv(1), 300, new() { Attribution = attribution ?? Attribution.PaidInTenure, CommissionRates = [Rate("M1", 1_000)] });
        return story;
    }
}
