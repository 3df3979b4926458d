using Agency.Sdk;
using Agency.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Tests.Cases;

/// <summary>What both sides and the calendar do to a case.</summary>
internal static class CaseDeeds
{
    /// <summary>The bank's verbs, each right in all but the case's state.</summary>
    public static readonly string[] OfBank =
    [
        "recall", "notice", "withdrawal", "objection_acceptance", "objection_refusal", "return_acceptance", "return_refusal", "retention_grant", "retention_refusal", "closure",
    ];

    /// <summary>The agency's.</summary>
    public static readonly string[] OfAgency = ["objection", "return", "retention"];

    public static Task<Case> DoAsync(this Story story, string verb, Guid id, Side? by = null, string? key = null)
    {
        var cases = (by ?? (OfAgency.Contains(verb, StringComparer.Ordinal) ? story.Swift : story.Harbour)).Cases;
        return verb switch
        {
            "recall" => cases.RecallAsync(id, new CaseRecall { Reason = RecallReason.Complaint }, CallOptions.WithKey(key)),
            "notice" => cases.RecallAsync(id, new CaseRecall { Reason = RecallReason.Reallocation }, CallOptions.WithKey(key)),
            "withdrawal" => cases.WithdrawRecallAsync(id, new RecallWithdrawal(), CallOptions.WithKey(key)),
            "objection" => cases.ObjectToRecallAsync(id, new RecallObjection { Reason = KeepReason.ActivePromise, Note = "Pays on Friday" }, CallOptions.WithKey(key)),
            "objection_acceptance" => cases.AcceptObjectionAsync(id, new ObjectionAcceptance { RecallOn = story.Today.AddDays(20) }, CallOptions.WithKey(key)),
            "objection_refusal" => cases.RefuseObjectionAsync(id, Deeds.Because, CallOptions.WithKey(key)),
            "return" => cases.RequestReturnAsync(id, new CaseReturn { Code = ReturnCode.Unlocated, Note = "Moved twice" }, CallOptions.WithKey(key)),
            "return_acceptance" => cases.AcceptReturnAsync(id, CallOptions.WithKey(key)),
            "return_refusal" => cases.RefuseReturnAsync(id, Deeds.Because, CallOptions.WithKey(key)),
            "retention" => cases.RequestRetentionAsync(id, new CaseRetention { TermEnd = story.Today.AddMonths(8), Reason = KeepReason.PlanInForce }, CallOptions.WithKey(key)),
            "retention_grant" => cases.GrantRetentionAsync(id, new RetentionGrant(), CallOptions.WithKey(key)),
            "retention_refusal" => cases.RefuseRetentionAsync(id, Deeds.Because, CallOptions.WithKey(key)),
            "closure" => cases.CloseAsync(id, new CaseClosure { Resolution = Resolution.Uncollectible }, CallOptions.WithKey(key)),
            _ => throw new ArgumentException($"There is no verb {verb}.", nameof(verb)),
        };
    }

    /// <summary>Several, one after the other.</summary>
    public static async Task<Case> DoAllAsync(this Story story, Guid id, params string[] verbs)
    {
        var last = await story.Harbour.Cases.GetAsync(id);
        foreach (var verb in verbs)
        {
            last = await story.DoAsync(verb, id);
        }

        return last;
    }

    /// <summary>What the calendar asks is done, as the background does it every minute.</summary>
    public static Task SweepAsync(this Story story) => story.Service.Services.GetRequiredService<Api.Cases.DueCases>().SweepAsync(CancellationToken.None);

    /// <summary>Days pass, and the calendar's due is done.</summary>
    public static Task PassAsync(this Story story, int days) => story.PassAsync(TimeSpan.FromDays(days));

    /// <summary>The same by the clock. It is moved without ringing each minute's timers on the way, so that nothing else sweeps.</summary>
    public static Task PassAsync(this Story story, TimeSpan time)
    {
        story.Service.Clock.AdjustTime(story.Service.Clock.GetUtcNow() + time);
        return story.SweepAsync();
    }

    public static Task<Case> ReadAsync(this Story story, Case @case) => story.Harbour.Cases.GetAsync(@case.Id);

    /// <summary>The types of the case's own events, in their order.</summary>
    public static string EventsOf(this Story story, Guid id) => story.Service.Database.Scalar(
        $"SELECT GROUP_CONCAT(type, ' ') FROM (SELECT type FROM base_event WHERE subject = 'case' AND LOWER(HEX(subject_id)) = '{id:N}' ORDER BY position)")!;

    /// <summary>What came of a deed: the state it led to, or the code of its refusal.</summary>
    public static async Task<string> OutcomeAsync(Func<Task<Case>> deed)
    {
        try
        {
            return Word((await deed()).State);
        }
        catch (AgencyException refusal)
        {
            return $"{refusal.StatusCode} {refusal.Code}";
        }
    }

    public static string Word(IOpenEnum value) => value.Value;
}
