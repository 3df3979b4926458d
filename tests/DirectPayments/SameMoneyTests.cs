using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.DirectPayments;

/// <summary>Money that was reported and booked counts once, whichever came first, until both records are reversed.</summary>
public sealed class SameMoneyTests
{
    private static readonly (long, long, long) Paid = (0, 0, 99_500);
    private static readonly (long, long, long) Owed = (500, 5_000, 100_000);

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task It_counts_once_and_goes_when_the_second_of_them_is_reversed(bool reportFirst, bool reverseReportFirst)
    {
        await using var story = await Story.AtCasesAsync();
        var report = await story.ReportAsync(6_000);
        DirectPayment payment;
        if (reportFirst)
        {
            await story.ConfirmAsync(report);
            payment = await story.PaidDirectlyAsync(6_000, "B-1", sameAs: report.Id);
            Assert.Equal(report.Id, payment.SameAs);
            Assert.Empty((await story.Swift.Holds.ListOfCasePageAsync(story.Case.Id)).Items);
        }
        else
        {
            payment = await story.PaidDirectlyAsync(6_000, "B-1");
            var confirmed = await story.ConfirmAsAsync(report, payment.Id);
            Assert.Equal((RepaymentState.Confirmed, payment.Id, story.Case.Id), (confirmed.State, confirmed.SameAs!.Value, confirmed.AttributedCaseId!.Value));
        }

        Assert.Equal(Paid, await story.OwedAsync());
        await ReverseAsync(reverseReportFirst);
        Assert.Equal(Paid, await story.OwedAsync());
        Assert.Equal(Paid, (await story.LedgerAsync()).Sum());
        await ReverseAsync(!reverseReportFirst);
        Assert.Equal(Owed, await story.OwedAsync());
        Assert.Equal(Owed, (await story.LedgerAsync()).Sum());

        Task ReverseAsync(bool theReport) => theReport ? story.ReverseAsync(report) : story.Harbour.DirectPayments.ReverseAsync(payment.Id, Deeds.Because);
    }

    [Fact]
    public async Task After_a_reversal_the_other_can_be_matched_again()
    {
        await using var story = await Story.AtCasesAsync();
        var payment = await story.PaidDirectlyAsync(6_000, "B-1");
        var (wrong, right) = (await story.ReportAsync(6_000), await story.ReportAsync(6_000));
        await story.ConfirmAsAsync(wrong, payment.Id);
        await story.RefusesAsync(409, "repayment.other_money", () => story.ConfirmAsAsync(right, payment.Id));

        await story.ReverseAsync(wrong);
        await story.ConfirmAsAsync(right, payment.Id);
        Assert.Equal(Paid, await story.OwedAsync());

        // What the payment handed over to can be booked again.
        await story.Harbour.DirectPayments.ReverseAsync(payment.Id, Deeds.Because);
        var again = await story.PaidDirectlyAsync(6_000, "B-1", sameAs: right.Id);
        Assert.Equal(Paid, await story.OwedAsync());
        await story.ReverseAsync(right);
        Assert.Equal(Paid, await story.OwedAsync());
        await story.Harbour.DirectPayments.ReverseAsync(again.Id, Deeds.Because);
        Assert.Equal(Owed, await story.OwedAsync());
        Assert.Equal(Owed, (await story.LedgerAsync()).Sum());
    }

    [Fact]
    public async Task What_can_not_be_the_same_money_is_refused_without_a_trace()
    {
        await using var story = await Story.AtCasesAsync();
        var payment = await story.PaidDirectlyAsync(6_000, "B-1");
        var elsewhere = await story.PaidDirectlyAsync(6_000, "B-2", account: story.Cases["A-2"].Account.Id);
        var (report, other) = (await story.ReportAsync(6_000), await story.ReportAsync(5_999));

        await story.RefusesAsync(409, "repayment.other_money", () => story.ConfirmAsAsync(other, payment.Id));
        await story.RefusesAsync(409, "repayment.other_money", () => story.ConfirmAsAsync(report, elsewhere.Id));
        await story.RefusesAsync(404, "direct_payment.not_found", () => story.ConfirmAsAsync(report, report.Id));
        await story.RefusesAsync(409, "repayment.other_money", () => story.PaidDirectlyAsync(6_000, "B-3", sameAs: report.Id));
        await story.RefusesAsync(404, "repayment.not_found", () => story.PaidDirectlyAsync(6_000, "B-3", sameAs: payment.Id));
        await story.RefusesAsync(422, "request.invalid", () => story.Harbour.Repayments.ConfirmAsync(report.Id, new RepaymentConfirmation { SameAs = payment.Id, BankReference = "B-9" }));
        await story.Harbour.DirectPayments.ReverseAsync(payment.Id, Deeds.Because);
        await story.RefusesAsync(409, "repayment.other_money", () => story.ConfirmAsAsync(report, payment.Id));
    }

    [Fact]
    public async Task A_reversal_is_the_bank_s_once_and_hidden_from_others()
    {
        await using var story = await Story.AtCasesAsync();
        var payment = await story.PaidDirectlyAsync(6_000, "B-1");

        await story.HidesAsync("direct_payment.not_found", payment.Id, id => story.Summit.DirectPayments.ReverseAsync(id, Deeds.Because));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Swift.DirectPayments.ReverseAsync(payment.Id, Deeds.Because));
        await story.RefusesAsync(422, "request.invalid", () => story.Harbour.DirectPayments.ReverseAsync(payment.Id, new RejectionReason { Reason = "" }));
        var reversed = await story.ActsOnceAsync(key => story.Harbour.DirectPayments.ReverseAsync(payment.Id, Deeds.Because, CallOptions.WithKey(key)));
        Assert.Equal((DirectPaymentState.Reversed, Deeds.Because.Reason), (reversed.State, reversed.Reason));
        await story.RefusesAsync(409, "direct_payment.is_reversed", () => story.Harbour.DirectPayments.ReverseAsync(payment.Id, Deeds.Because));
        Assert.Equal(Owed, await story.OwedAsync());
    }
}
