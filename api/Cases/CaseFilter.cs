using System.ComponentModel;
using Agency.Api.Data;
using Agency.Api.Http;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Api.Cases;

/// <summary>Which cases are listed, and in what order.</summary>
internal sealed record CaseFilter(
    [property: FromQuery(Name = "assignment_id"), Description("Only the cases of this assignment.")] Id? AssignmentId,
    [property: FromQuery(Name = "sort"), Description("id (when absent), days_past_due, balance, last_contact or next_promise; a leading - turns it round. Cases without a contact come before all that have one, those without a promise after.")] string? Sort,
    [property: FromQuery(Name = "state"), Description("open, recalled, returned or closed; to an agency there are open ones alone.")] string? State,
    [property: FromQuery(Name = "collector_id"), Description("Only the cases on this person's desk.")] Id? CollectorId,
    [property: FromQuery(Name = "team_id"), Description("Only the cases of this team.")] Id? TeamId,
    [property: FromQuery(Name = "debtor_id"), Description("Only the cases of this debtor's accounts.")] Id? DebtorId,
    [property: FromQuery(Name = "account_number"), Description("Only the cases of the account that the bank gave this number.")] string? AccountNumber,
    [property: FromQuery(Name = "agency_reference"), Description("Only the cases that the agency gave this number.")] string? AgencyReference,
    [property: FromQuery(Name = "open_motion"), Description("Only the cases in which the agency asks for something and waits for the bank's answer: recall_objection, return, retention, or any of them.")] string? OpenMotion)
{
    /// <summary>Those of the filters that a list is read past, where no index has them.</summary>
    public const string Conditions = """
        AND (@assignmentId IS NULL OR c.assignment_id = @assignmentId)
            AND (@collectorId IS NULL OR k.collector_id = @collectorId)
            AND (@teamId IS NULL OR k.team_id = @teamId)
            AND (@debtorId IS NULL OR c.debtor_id = @debtorId)
            AND (@agencyReference IS NULL OR k.agency_reference = @agencyReference)
            AND (@openMotion IS NULL OR m.kind = @openMotion OR (@openMotion = 'any' AND m.id IS NOT NULL))
            AND (@state IS NULL OR c.state = @state OR (@state = 'open' AND c.ended_at IS NULL))
        """;

    private static readonly string[] States = ["open", "recalled", "returned", "closed"];
    private static readonly string[] Motions = ["any", .. Enum.GetValues<MotionKind>().Select(Words.Of)];

    /// <summary>Whether the list is turned round.</summary>
    public bool IsReversed => Sort is ['-', ..];

    /// <summary>What it is sorted by; null for the ids.</summary>
    public CaseSort? Order => (IsReversed ? Sort![1..] : Sort) switch
    {
        null or "id" => null,
        var word => CaseSort.Find(word) ?? throw Unknown("?sort", "One of id, days_past_due, balance, last_contact, next_promise, with a leading - to turn it round."),
    };

    public string? StateOrNone => State is null || States.Contains(State, StringComparer.Ordinal) ? State : throw Unknown("?state", "One of open, recalled, returned, closed.");

    public string? OpenMotionOrNone => OpenMotion is null || Motions.Contains(OpenMotion, StringComparer.Ordinal) ? OpenMotion : throw Unknown("?open_motion", $"One of {string.Join(", ", Motions)}.");

    private static ProblemException Unknown(string parameter, string message) => HttpProblems.Malformed.Refuse(new FieldError(parameter, "unknown", message));
}
