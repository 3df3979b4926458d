using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Imports;
using Agency.Api.Tenancy;
using FluentValidation;
using Party = Agency.Api.ContactRecords.Party;

namespace Agency.Api.ContactPoints;

/// <summary>
/// Either side adds a way to reach the debtor. What an agency finds is its own to see until the bank adopts it; that another agency
/// found the same is not told.
/// </summary>
internal static class Create
{
    private static readonly Sql FindKnown = new("""
        SELECT p.id
        FROM contact_point AS p WITH (UPDLOCK, HOLDLOCK)
        WHERE p.bank_id = @bank AND p.debtor_id = @debtor AND p.kind = @kind AND p.value_index = @index AND p.agency_id IS NULL
        UNION ALL
        SELECT p.id
        FROM contact_point AS p WITH (UPDLOCK, HOLDLOCK)
        WHERE p.bank_id = @bank AND p.debtor_id = @debtor AND p.kind = @kind AND p.value_index = @index AND p.agency_id > 0
        """);

    private static readonly Sql Insert = new("""
        INSERT INTO contact_point (bank_id, id, debtor_id, kind, value_cipher, value_index, status, source, party, consent, holder_cipher, agency_id, case_id, created_at)
        VALUES (@bank, @id, @debtor, @kind, @value, @index, 'unverified', @source, @party, @consent, @holder, @agency, @case, @now)
        """);

    public static void Map(RouteGroupBuilder ofCase) => ofCase.MapPost("/", HandleAsync)
        .Describe("ContactPoints_Create", Scopes.ContactPointsWrite, "Add a contact point", "Adds a phone, e-mail or address of the case's debtor, or of somebody around the debtor. What an agency adds is seen by it and by the bank, and by other agencies once the bank adopts it.")
        .Returns<ContactPoint>(StatusCodes.Status201Created)
        .Refuses(ContactPointProblems.Known, ContactPointProblems.ValueInvalid)
        .On(Cases.Get.ReadAsync, CaseProblems.NotFound);

    private static async Task<Answer<ContactPoint>> HandleAsync(Id id, NewContactPoint point, Work work, CancellationToken cancellation)
    {
        var (@case, account) = await Cases.Get.FindAsync(work, id, cancellation) ?? throw CaseProblems.NotFound.Refuse();
        var value = point.Normal(account.Currency);
        var fields = work.PrivateFields;
        var kind = Words.Of(point.Kind);
        var index = fields.BlindIndex(@case.BankId, "contact_point", "value_index", value);

        // Who asks finds what it sees, and no more: another agency's find may well be the same.
        var known = await work.Db.ListAsync<Id>(FindKnown, new { bank = @case.BankId, debtor = @case.DebtorId, kind, index }, cancellation);
        if (known is [var first, ..])
        {
            throw ContactPointProblems.Known.Refuse($"It is {first}.");
        }

        var made = work.NewId();
        await work.Db.ExecuteAsync(Insert, new
        {
            bank = @case.BankId,
            id = made,
            debtor = @case.DebtorId,
            kind,
            value = fields.Encrypt(@case.BankId, "contact_point", "value_cipher", made, value),
            index,
            source = Words.Of(work.Caller.IsBank ? ContactPointSource.Bank : ContactPointSource.Agency),
            party = Words.Of(point.Party),
            consent = Words.Of(point.Consent),
            holder = point.HolderName is null ? null : fields.Encrypt(@case.BankId, "contact_point", "holder_cipher", made, point.HolderName),
            agency = work.Caller.IsBank ? (int?)null : work.Tenant,
            @case = work.Caller.IsBank ? (Id?)null : id,
            now = work.Now,
        }, cancellation);
        await work.AuditAsync("contact_point.added", made);

        // An agency whose case has ended is not told what the bank adds.
        await work.EmitAsync(new("contact_point.added", made, @case.BankId, @case.EndedAt is null ? @case.AgencyId : null, id, @case.AccountId));
        return Answer.Created($"/v1/contact-points/{made}", (await Get.ReadAsync(work, made, cancellation))!);
    }
}

/// <summary>The contact point to add.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Value">The number, the address; written in any usual way, kept encrypted in one. A number without a country code is one of the country of the account's currency.</param>
/// <param name="Party">Whom it reaches.</param>
/// <param name="HolderName">The name of whom it reaches, where that is not the debtor; up to 200 characters. Kept encrypted.</param>
/// <param name="Consent">Whether its holder agreed to be contacted there.</param>
public sealed record NewContactPoint(ContactPointKind Kind, string Value, Party Party = Party.Debtor, string? HolderName = null, Consent Consent = Consent.Unknown)
{
    private const int MaxValue = 1000;
    private const int MaxName = 200;

    /// <summary>The value in the form that imports bring it to, so that the two find each other.</summary>
    /// <exception cref="ProblemException">It is no such value.</exception>
    internal string Normal(string currency) => Kind switch
    {
        ContactPointKind.Phone => NormalForm.Phone(Value.Trim(), currency),
        ContactPointKind.Email => NormalForm.Email(Value.Trim()),
        _ => Value.Any(c => char.IsControl(c) && c is not ('\r' or '\n' or '\t')) ? null : Value.Trim(),
    } ?? throw ContactPointProblems.ValueInvalid.Refuse(new FieldError("/value", $"{Words.Of(Kind)}.invalid", ProblemWriter.TitleOf(ContactPointProblems.ValueInvalid)));

    private sealed class Rules : AbstractValidator<NewContactPoint>
    {
        public Rules()
        {
            RuleFor(p => p.Value).NotEmpty().MaximumLength(MaxValue);
            RuleFor(p => p.HolderName).MaximumLength(MaxName);
            RuleFor(p => p.HolderName).Empty().When(p => p.Party == Party.Debtor);
        }
    }
}
