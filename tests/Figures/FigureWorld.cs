using Agency.Sdk;
using Agency.Tests.CommissionStatements;
using Agency.Tests.Promises;
using Agency.Tests.Support;

namespace Agency.Tests.Figures;

/// <summary>
/// Seven weeks of harbour with swift and lantern in which everything happens that figures could get wrong: two currencies, money known twice,
/// reversed and paid too much, a waiver, corrections, a voided assignment, a recall, and the account in another agency's hands.
/// </summary>
internal static class FigureWorld
{
    public const string One = "collector@swift.example";
    public const string Two = "two@swift.example";
    public const string Lead = "supervisor@swift.example";
    public const string Manager = "manager@swift.example";

    public static async Task<Story> MakeAsync()
    {
        var story = await Story.AtCasesAsync();
        var dollars = await story.PlaceAsync(StatementDeeds.Terms(), Story.Csv(2, "U"), "USD");
        var lanterns = await story.PlaceAsync(StatementDeeds.Terms(), Story.Csv(2, "L"), agency: "lantern");
        await story.Harbour.Assignments.VoidAsync((await story.PlaceAsync(StatementDeeds.Terms(), Story.Csv(2, "V"))).Values.First().AssignmentId);
        await StaffAsync(story, dollars);
        story.Service.Clock.Advance(TimeSpan.FromDays(1));
        await TalkAsync(story, dollars, lanterns);
        await PayAsync(story, dollars, lanterns);
        await TakeBackAsync(story);
        await HandOnAsync(story);
        return story;
    }

    private static async Task StaffAsync(Story story, Dictionary<string, Case> dollars)
    {
        var (one, two) = (await story.Swift.PersonAsync("collector"), await story.Service.HireAsync("swift", Two, "collector"));
        await story.Swift.TeamAsync("North", false, one, await story.Swift.PersonAsync("supervisor"));
        await story.Swift.TeamAsync("South", false, two);
        await story.Swift.Cases.SetCollectorAsync(story.Cases["A-1"].Id, ETag.Any, new CaseCollector { PersonId = one });
        await story.Swift.Cases.SetCollectorAsync(dollars["U-1"].Id, ETag.Any, new CaseCollector { PersonId = one });
        await story.Swift.Cases.SetCollectorAsync(story.Cases["A-2"].Id, ETag.Any, new CaseCollector { PersonId = two });
    }

    private static async Task TalkAsync(Story story, Dictionary<string, Case> dollars, Dictionary<string, Case> lanterns)
    {
        await story.Swift.ContactRecords.CreateAsync(story.Cases["A-1"].Id, story.Call());
        await story.Swift.ContactRecords.CreateAsync(story.Cases["A-1"].Id, Call(Outcome.NoAnswer, Party.Debtor));
        await story.Swift.ContactRecords.CreateAsync(story.Cases["A-2"].Id, Call(Outcome.ThirdPartySpoke, Party.RelatedContact));
        var wrong = await story.Swift.ContactRecords.CreateAsync(story.Cases["A-3"].Id, Call(Outcome.Refused, Party.Debtor));
        var right = Call(Outcome.NoAnswer, Party.Debtor);
        right.Supersedes = wrong.Id;
        await story.Swift.ContactRecords.CreateAsync(story.Cases["A-3"].Id, right);
        await story.Swift.ContactRecords.CreateAsync(dollars["U-2"].Id, Call(Outcome.Callback, Party.LiableParty));
        await story.Lantern.ContactRecords.CreateAsync(lanterns["L-1"].Id, Call(Outcome.Refused, Party.Debtor));

        await story.PromiseAsync(10_000, 6);
        var taken = await story.PromiseAsync(20_000, 6, story.Cases["A-2"]);
        await story.Swift.Promises.CancelAsync(taken.Id, new PromiseCancellation { Reason = "Reported for the wrong case." });
        await story.Swift.Promises.CreateAsync(dollars["U-2"].Id, new NewPromise { Amount = Usd(5_000), DueOn = story.Day(3) });

        NewContactRecord Call(Outcome outcome, Party party)
        {
            var call = story.Call();
            (call.Outcome, call.Party) = (outcome, party);
            return call;
        }
    }

    private static async Task PayAsync(Story story, Dictionary<string, Case> dollars, Dictionary<string, Case> lanterns)
    {
        await story.PayAsync(12_000);
        var dollar = await story.Swift.Repayments.CreateAsync(dollars["U-1"].Id, new NewRepayment { Amount = Usd(110_000), PaidOn = story.Today });
        await story.ConfirmAsync(dollar, acceptOverpayment: true);
        await story.ConfirmAsync(await story.Lantern.Repayments.CreateAsync(lanterns["L-1"].Id, new NewRepayment { Amount = Story.Cny(7_000), PaidOn = story.Today }));
        await story.ReportAsync(1_000, on: story.Cases["A-3"]);
        await story.Harbour.Repayments.RejectAsync((await story.ReportAsync(2_000, on: story.Cases["A-3"])).Id, Deeds.Because);
        await story.ForgiveAsync(1_000, account: story.Cases["A-3"].Account.Id);
        story.Service.Clock.Advance(TimeSpan.FromDays(1));

        // One money, booked and reported: it is gone with the last record of it.
        var booked = await story.PaidDirectlyAsync(5_000, "B-1");
        var reported = await story.ConfirmAsAsync(await story.ReportAsync(5_000), booked.Id);
        await story.Harbour.DirectPayments.ReverseAsync(booked.Id, Deeds.Because);
        Assert.Equal(story.Case.Id, reported.AttributedCaseId);
    }

    // In the second month, on the second case: money that came in the first, and money that was known three times over.
    private static async Task TakeBackAsync(Story story)
    {
        var second = story.Cases["A-2"];
        var kept = await story.ConfirmAsync(await story.ReportAsync(20_000, on: second));
        var payment = await story.PaidDirectlyAsync(6_000, "B-2", account: second.Account.Id);
        var (wrong, right) = (await story.ReportAsync(6_000, on: second), await story.ReportAsync(6_000, on: second));
        await story.ConfirmAsAsync(wrong, payment.Id);
        await story.ReverseAsync(wrong);
        await story.ConfirmAsAsync(right, payment.Id);
        story.Service.Clock.Advance(TimeSpan.FromDays(38));
        await story.ReverseAsync(kept);
        await story.Harbour.DirectPayments.ReverseAsync(payment.Id, Deeds.Because);
        var again = await story.PaidDirectlyAsync(6_000, "B-3", account: second.Account.Id, sameAs: right.Id, paidOn: story.Today.AddDays(-1));
        await story.ReverseAsync(right);
        story.Service.Clock.Advance(TimeSpan.FromDays(1));
        await story.ConfirmAsync(await story.ReportAsync(4_000, on: second));
        await story.Harbour.DirectPayments.ReverseAsync(again.Id, Deeds.Because);
        await story.SweepPromisesAsync();
    }

    // What is booked after the recall for the time before it is swift's still; what lantern recovers afterwards is lantern's.
    private static async Task HandOnAsync(Story story)
    {
        story.Service.Clock.Advance(TimeSpan.FromDays(2));
        await story.RecallAsync();
        await story.PaidDirectlyAsync(3_000, "B-4", story.Today.AddDays(-2));
        story.Service.Clock.Advance(TimeSpan.FromDays(1));
        var handed = (await story.HandToAsync(story.Lantern, await story.Harbour.MandateAsync("lantern"))).Single(c => c.Account.Id == story.Case.Account.Id);
        story.Service.Clock.Advance(TimeSpan.FromDays(1));
        await story.ConfirmAsync(await story.Lantern.Repayments.CreateAsync(handed.Id, new NewRepayment { Amount = Story.Cny(9_000), PaidOn = story.Today }));
    }

    private static Money Usd(long amount) => new() { Amount = amount, Currency = "USD" };
}
