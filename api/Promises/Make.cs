using Agency.Api.AuditLog;
using Agency.Api.Cases;
using Agency.Api.ContactRecords;
using Agency.Api.Data;
using Agency.Api.Holds;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Promises;

/// <summary>An agency has the debtor's word to pay by a date. A case has one open promise: the new one supersedes the one before.</summary>
internal static class Make
{
    private const int LongestDays = 365;

    private static readonly Sql LockCase = new("SELECT id FROM [case] WITH (UPDLOCK, HOLDLOCK) WHERE agency_id = @tenant AND id = @id");
    private static readonly Sql OfCase = new($"SELECT {PromiseRow.Columns} FROM {PromiseRow.Tables} WHERE p.bank_id = @bank AND p.case_id = @id");
    private static readonly Sql FindContactRecord = new("SELECT id FROM contact_record WHERE bank_id = @bank AND id = @contactRecordId AND case_id = @id");

    private static readonly Sql Insert = new("""
        INSERT INTO promise (bank_id, id, agency_id, case_id, account_id, amount, currency, due_on, contact_record_id, agency_reference, person_id, client_id, made_at)
        VALUES (@bank, @id, @tenant, @case, @account, @amount, @currency, @dueOn, @contactRecordId, @agencyReference, @person, @client, @now)
        """);

    public static void Map(RouteGroupBuilder ofCase) => ofCase.MapPost("/", HandleAsync)
        .Describe("Promises_Create", Scopes.PromisesWrite, "Report a promise", "The debtor's word to pay an amount by a date. It supersedes the open promise of the case. It is kept once confirmed money that was paid by the date, and reported after the promise, reaches the amount; the days of grace after its date over, it is partly kept or broken.")
        .Returns<Promise>(StatusCodes.Status201Created)
        .Refuses(HttpProblems.WrongTenantKind, PromiseProblems.WrongCurrency, PromiseProblems.DueOnOutOfRange, ContactRecordProblems.NotFound, HoldProblems.CaseOnHold)
        .On(Cases.Get.ReadAsync, CaseProblems.NotFound);

    private static async Task<Answer<Promise>> HandleAsync(Id id, NewPromise promise, Work work, CancellationToken cancellation)
    {
        work.Require(TenantKind.Agency);
        _ = await work.Db.FindAsync<Id?>(LockCase, new { tenant = work.Tenant, id }, cancellation);
        var found = await Cases.Get.FindAsync(work, id, cancellation) ?? throw CaseProblems.NotFound.Refuse();
        var @case = found.Case;
        await HoldGuard.RefuseIfHeldAsync(work, @case, HeldWork.Arrangement, cancellation);
        await CheckAsync(work, found, promise, cancellation);

        var earlier = await work.Db.ListAsync<PromiseRow>(OfCase, new { bank = @case.BankId, id }, cancellation);
        var made = work.NewId();
        await work.Db.ExecuteAsync(Insert, new
        {
            bank = @case.BankId,
            id = made,
            tenant = work.Tenant,
            @case = id,
            account = @case.AccountId,
            promise.Amount.Amount,
            promise.Amount.Currency,
            promise.DueOn,
            promise.ContactRecordId,
            promise.AgencyReference,
            person = work.Caller.Person,
            client = work.Caller.Client,
            now = work.Now,
        }, cancellation);
        await CaseOrder.PromisedAsync(work, @case.BankId, id, promise.DueOn);
        await work.AuditAsync("promise.made", made);
        await work.EmitAsync(new("promise.made", made, @case.BankId, work.Tenant, id, @case.AccountId));
        if (earlier.SingleOrDefault(before => before.State == PromiseState.Open) is { } superseded)
        {
            await work.AuditAsync("promise.superseded", superseded.Id, changes: BeforeAfter.OfState(PromiseState.Open, PromiseState.Superseded));
            await work.EmitAsync(new("promise.superseded", superseded.Id, @case.BankId, work.Tenant, id, @case.AccountId));
        }

        return Answer.Created($"/v1/promises/{made}", (await Get.ReadAsync(work, made, cancellation))!);
    }

    private static async Task CheckAsync(Work work, CaseWithAccount found, NewPromise promise, CancellationToken cancellation)
    {
        if (promise.Amount.Currency != found.Account.Currency)
        {
            throw PromiseProblems.WrongCurrency.Refuse();
        }

        var zone = TimeZoneInfo.FindSystemTimeZoneById(found.Account.TimeZone);
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(work.Now, zone).DateTime);
        if (promise.DueOn < today || promise.DueOn > today.AddDays(LongestDays))
        {
            throw PromiseProblems.DueOnOutOfRange.Refuse();
        }

        if (promise.ContactRecordId is { } contactRecordId)
        {
            _ = await work.Db.FindAsync<Id?>(FindContactRecord, new { bank = found.Case.BankId, contactRecordId, id = found.Case.CaseId }, cancellation)
                ?? throw ContactRecordProblems.NotFound.Refuse();
        }
    }
}

/// <summary>The promise to report.</summary>
/// <param name="Amount">How much the debtor will pay, in the account's currency.</param>
/// <param name="DueOn">By which day, in the debtor's time zone; from today to 365 days from now.</param>
/// <param name="ContactRecordId">The contact in which it was made, of the same case.</param>
/// <param name="AgencyReference">The agency's own number for it; up to 64 characters.</param>
public sealed record NewPromise(Money Amount, DateOnly DueOn, Id? ContactRecordId = null, string? AgencyReference = null)
{
    private sealed class Rules : AbstractValidator<NewPromise>
    {
        public Rules()
        {
            RuleFor(p => p.Amount).MustBePositiveMoney();
            RuleFor(p => p.AgencyReference).MaximumLength(64);
        }
    }
}
