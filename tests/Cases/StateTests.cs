using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Cases;

/// <summary>Every state × every verb: what domain.md lists is done, all else is refused by the state's name and changes nothing.</summary>
public sealed class StateTests
{
    private static readonly string[] Verbs = [.. CaseDeeds.OfBank, .. CaseDeeds.OfAgency, "proposal", "repayment", "contact"];

    // How a case comes into a state, and what each verb then comes to: the state after it, or the code it is refused by.
    private static readonly Dictionary<string, (string[] Before, CaseState Shown, string[] Outcomes)> Table = new(StringComparer.Ordinal)
    {
        ["active"] = ([], CaseState.Active, Outcomes(
            withdrawal: "is_active", notice: "recall_pending", objection: "is_active", objectionAnswer: ("is_active", "is_active"),
            returns: "return_requested", returnAnswer: ("is_active", "is_active"), retention: "active", retentionAnswer: ("is_active", "is_active"), proposal: "done")),
        ["active, retention asked"] = (["retention"], CaseState.Active, Outcomes(
            withdrawal: "is_active", notice: "recall_pending", objection: "is_active", objectionAnswer: ("is_active", "is_active"),
            returns: "retention_open", returnAnswer: ("is_active", "is_active"), retention: "retention_open", retentionAnswer: ("active", "active"), proposal: "done")),
        ["active until a day"] = (["notice", "objection", "objection_acceptance"], CaseState.Active, Outcomes(
            withdrawal: "active", notice: "recall_pending", objection: "is_active", objectionAnswer: ("is_active", "is_active"),
            returns: "return_requested", returnAnswer: ("is_active", "is_active"), retention: "active", retentionAnswer: ("is_active", "is_active"), proposal: "done")),
        ["recall_pending"] = (["notice"], CaseState.RecallPending, Outcomes(
            withdrawal: "active", notice: "is_recall_pending", objection: "recall_objected", objectionAnswer: ("is_recall_pending", "is_recall_pending"),
            returns: "is_recall_pending", returnAnswer: ("is_recall_pending", "is_recall_pending"),
            retention: "is_recall_pending", retentionAnswer: ("is_recall_pending", "is_recall_pending"), proposal: "is_recall_pending")),
        ["recall_pending, objection refused"] = (["notice", "objection", "objection_refusal"], CaseState.RecallPending, Outcomes(
            withdrawal: "active", notice: "is_recall_pending", objection: "recall_objected_before", objectionAnswer: ("is_recall_pending", "is_recall_pending"),
            returns: "is_recall_pending", returnAnswer: ("is_recall_pending", "is_recall_pending"),
            retention: "is_recall_pending", retentionAnswer: ("is_recall_pending", "is_recall_pending"), proposal: "is_recall_pending")),
        ["recall_objected"] = (["notice", "objection"], CaseState.RecallObjected, Outcomes(
            withdrawal: "is_recall_objected", notice: "is_recall_objected", objection: "is_recall_objected", objectionAnswer: ("active", "recall_pending"),
            returns: "is_recall_objected", returnAnswer: ("is_recall_objected", "is_recall_objected"),
            retention: "is_recall_objected", retentionAnswer: ("is_recall_objected", "is_recall_objected"), proposal: "is_recall_objected")),
        ["return_requested"] = (["return"], CaseState.ReturnRequested, Outcomes(
            withdrawal: "is_return_requested", notice: "recall_pending", objection: "is_return_requested", objectionAnswer: ("is_return_requested", "is_return_requested"),
            returns: "is_return_requested", returnAnswer: ("returned", "active"),
            retention: "is_return_requested", retentionAnswer: ("is_return_requested", "is_return_requested"), proposal: "is_return_requested")),
        ["recalled"] = (["recall"], CaseState.Recalled, Ended("is_recalled")),
        ["returned"] = (["return", "return_acceptance"], CaseState.Returned, Ended("is_returned")),
        ["closed"] = (["closure"], CaseState.Closed, Ended("is_closed")),
    };

    private static readonly Dictionary<string, string> EventOf = new(StringComparer.Ordinal)
    {
        ["recall"] = "case.ended",
        ["notice"] = "case.recall_pending",
        ["withdrawal"] = "case.recall_withdrawn",
        ["objection_acceptance"] = "case.objection_accepted",
        ["objection_refusal"] = "case.objection_refused",
        ["return_acceptance"] = "case.ended",
        ["return_refusal"] = "case.return_refused",
        ["retention_grant"] = "case.retention_granted",
        ["retention_refusal"] = "case.retention_refused",
        ["closure"] = "case.ended",
        ["objection"] = "case.recall_objected",
        ["return"] = "case.return_requested",
        ["retention"] = "case.retention_requested",
        ["proposal"] = "",
        ["repayment"] = "",
        ["contact"] = "",
    };

    public static TheoryData<string> States => [.. Table.Keys];

    [Theory]
    [MemberData(nameof(States))]
    public async Task Each_verb_does_what_the_state_allows_or_is_refused_by_its_name_and_changes_nothing(string state)
    {
        await using var story = await Story.AtCasesAsync(Verbs.Length);
        var (before, shown, outcomes) = Table[state];
        List<string> wrong = [];
        foreach (var (verb, expected, @case) in Verbs.Zip(outcomes, story.Cases.Values))
        {
            Assert.Equal(shown, (await story.DoAllAsync(@case.Id, before)).State);
            var events = story.EventsOf(@case.Id);
            var rows = StoredRows.Digest(story.Service.Database);

            var outcome = await CaseDeeds.OutcomeAsync(() => DoAsync(story, verb, @case));

            var told = story.EventsOf(@case.Id)[events.Length..].Trim();
            var refused = outcome.Contains(' ', StringComparison.Ordinal);
            var changed = !rows.SequenceEqual(StoredRows.Digest(story.Service.Database));
            if (outcome != expected || changed == refused || told != (refused ? "" : EventOf[verb]))
            {
                wrong.Add($"{verb}: {outcome}, not {expected}; changed {changed}; told '{told}'");
            }
        }

        Assert.Empty(wrong);
    }

    private static async Task<Case> DoAsync(Story story, string verb, Case @case)
    {
        switch (verb)
        {
            case "proposal":
                await story.Swift.SettlementProposals.CreateAsync(@case.Id, new NewSettlementProposal { Kind = SettlementKind.LumpSum, Amount = Story.Cny(500), PayBy = story.Today, Reason = "Lost the job" });
                return @case;
            case "repayment":
                await story.ReportAsync(100, on: @case);
                return @case;
            case "contact":
                await story.Swift.ContactRecords.CreateAsync(@case.Id, story.Call());
                return @case;
            default:
                return await story.DoAsync(verb, @case.Id);
        }
    }

    private static string[] Outcomes(
        string withdrawal, string notice, string objection, (string Accepted, string Refused) objectionAnswer, string returns, (string Accepted, string Refused) returnAnswer,
        string retention, (string Granted, string Refused) retentionAnswer, string proposal) =>
    [
        .. ((string[])[
            "recalled", notice, withdrawal, objectionAnswer.Accepted, objectionAnswer.Refused, returnAnswer.Accepted, returnAnswer.Refused, retentionAnswer.Granted, retentionAnswer.Refused,
            "closed", objection, returns, retention, proposal, "done", "done"]).Select(Outcome),
    ];

    // The agency has lost sight of it; for some days it may still report what happened before.
    private static string[] Ended(string code) =>
        [.. Enumerable.Repeat(Outcome(code), CaseDeeds.OfBank.Length), .. Enumerable.Repeat("404 case.not_found", CaseDeeds.OfAgency.Length + 1), .. Late];

    // What happened in the tenure may still be reported for some days: the repayment and the contact.
    private static string[] Late => [Outcome("done"), Outcome("done")];

    // A report changes no state: the case that was handed in comes back, active.
    private static string Outcome(string word) => word switch
    {
        "done" => "active",
        "retention_open" or "recall_objected_before" or ['i', 's', '_', ..] => $"409 case.{word}",
        _ => word,
    };
}
