using Agency.Portal.Language;
using Agency.Sdk;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Portal.Pages.Cases;

/// <summary>What stops the work, and giving the case back or keeping it.</summary>
public sealed partial class GetModel
{
    public async Task<IActionResult> OnPostHoldAsync(string kind, string? reason, CancellationToken cancellation) => await AfterAsync(
        await TryAsync(options => agency.Holds.CreateAsync(Id, new NewHold { Kind = kind, Reason = reason.OrNull() }, options, cancellation)), "hold.raised_now", cancellation);

    public async Task<IActionResult> OnPostReturnAsync(string code, string? note, CancellationToken cancellation) => await AfterAsync(
        await TryAsync(options => agency.Cases.RequestReturnAsync(Id, new CaseReturn { Code = code, Note = note.OrNull() }, options, cancellation)), "case.return_requested_now", cancellation);

    public async Task<IActionResult> OnPostObjectAsync(string reason, string? note, CancellationToken cancellation) => await AfterAsync(
        await TryAsync(options => agency.Cases.ObjectToRecallAsync(Id, new RecallObjection { Reason = reason, Note = note.OrNull() }, options, cancellation)), "case.objected_now", cancellation);

    public async Task<IActionResult> OnPostKeepAsync(string reason, DateOnly? termEnd, string? note, CancellationToken cancellation) => await AfterAsync(
        await TryAsync(options => agency.Cases.RequestRetentionAsync(
            Id, new CaseRetention { Reason = reason, TermEnd = termEnd ?? default, Note = note.OrNull() }, options, cancellation)),
        "case.retention_requested_now",
        cancellation);
}
