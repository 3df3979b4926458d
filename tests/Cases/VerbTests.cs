using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Cases;

/// <summary>What every verb on a case is asked alike.</summary>
public sealed class VerbTests
{
    // What each verb finds: done by the right side, in this order.
    private static readonly Dictionary<string, string[]> Before = new(StringComparer.Ordinal)
    {
        ["recall"] = [],
        ["notice"] = [],
        ["withdrawal"] = ["notice"],
        ["objection"] = ["notice"],
        ["objection_acceptance"] = ["notice", "objection"],
        ["objection_refusal"] = ["notice", "objection"],
        ["return"] = [],
        ["return_acceptance"] = ["return"],
        ["return_refusal"] = ["return"],
        ["retention"] = [],
        ["retention_grant"] = ["retention"],
        ["retention_refusal"] = ["retention"],
        ["closure"] = [],
    };

    public static TheoryData<string> Verbs => [.. Before.Keys];

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task To_the_other_bank_and_the_other_agency_the_case_does_not_exist(string verb)
    {
        await using var story = await Story.AtCasesAsync();
        await story.DoAllAsync(story.Case.Id, Before[verb]);
        var (other, wrongSide) = CaseDeeds.OfBank.Contains(verb, StringComparer.Ordinal) ? (story.Summit, story.Swift) : (story.Lantern, story.Harbour);

        await story.HidesAsync("case.not_found", story.Case.Id, id => story.DoAsync(verb, id, other, "key"));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.DoAsync(verb, story.Case.Id, wrongSide, "key"));
        foreach (var other2 in new[] { story.Summit, story.Lantern })
        {
            await story.HidesAsync("case.not_found", story.Case.Id, id => other2.Cases.ListMotionsPageAsync(id));
        }
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task The_same_key_acts_once(string verb)
    {
        await using var story = await Story.AtCasesAsync();
        await story.DoAllAsync(story.Case.Id, Before[verb]);

        await story.ActsOnceAsync(key => story.DoAsync(verb, story.Case.Id, key: key));
    }

    [Theory]
    [InlineData("return_acceptance", "return_refusal", "return")]
    [InlineData("objection_acceptance", "objection_refusal", "notice", "objection")]
    [InlineData("retention_grant", "retention_refusal", "retention")]
    [InlineData("objection", "withdrawal", "notice")]
    [InlineData("return", "retention")]
    [InlineData("recall", "closure")]
    [InlineData("notice", "return_acceptance", "return")]
    public async Task Of_two_deeds_at_once_one_wins_and_the_other_is_told(string one, string other, params string[] before)
    {
        await using var story = await Story.AtCasesAsync(1);
        await story.DoAllAsync(story.Case.Id, before);
        var events = story.EventsOf(story.Case.Id);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(n => CaseDeeds.OutcomeAsync(() => story.DoAsync(n % 2 == 0 ? one : other, story.Case.Id))));

        Assert.Single(outcomes, outcome => !outcome.Contains(' ', StringComparison.Ordinal));
        Assert.All(outcomes.Where(outcome => outcome.Contains(' ', StringComparison.Ordinal)), outcome => Assert.StartsWith("409 case.", outcome, StringComparison.Ordinal));
        Assert.Single(story.EventsOf(story.Case.Id)[events.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Bad_requests_leave_no_trace()
    {
        await using var story = await Story.AtCasesAsync();
        var (id, cases, agency) = (story.Case.Id, story.Harbour.Cases, story.Swift.Cases);
        var longNote = new string('x', 4001);

        await RefusesAsync(() => cases.RecallAsync(id, new CaseRecall { Reason = RecallReason.TermEnd }, CallOptions.WithKey("key")));
        await RefusesAsync(() => cases.RecallAsync(id, new CaseRecall { Reason = RecallReason.Complaint, On = story.Today.AddDays(9) }, CallOptions.WithKey("key")));
        await RefusesAsync(() => cases.CloseAsync(id, new CaseClosure { Resolution = Resolution.Sold }, CallOptions.WithKey("key")));
        await RefusesAsync(() => agency.RequestReturnAsync(id, new CaseReturn { Code = ReturnCode.Fraud, Note = longNote }, CallOptions.WithKey("key")));
        await RefusesAsync(() => agency.RequestRetentionAsync(id, new CaseRetention { TermEnd = story.Today.AddYears(1), Reason = KeepReason.PaymentPending, Note = longNote }, CallOptions.WithKey("key")));
        await story.DoAsync("notice", id);
        await RefusesAsync(() => agency.ObjectToRecallAsync(id, new RecallObjection { Reason = KeepReason.PaymentPending, Note = longNote }, CallOptions.WithKey("key")));
        await story.DoAsync("objection", id);
        await RefusesAsync(() => cases.RefuseObjectionAsync(id, new RejectionReason { Reason = " " }, CallOptions.WithKey("key")));

        Task RefusesAsync(Func<Task> write) => story.RefusesAsync(422, "request.invalid", write);
    }

    [Fact]
    public async Task A_change_under_an_ETag_that_is_no_longer_true_is_refused()
    {
        await using var story = await Story.AtCasesAsync();
        var tied = new CallOptions();
        tied.Headers["If-Match"] = (await story.Harbour.Cases.GetAsync(story.Case.Id)).ETag!.Value.Value;
        await story.DoAsync("return", story.Case.Id);

        await story.RefusesAsync(412, "precondition.failed", () => story.Harbour.Cases.AcceptReturnAsync(story.Case.Id, tied));
        Assert.Equal(CaseState.ReturnRequested, (await story.ReadAsync(story.Case)).State);
    }
}
