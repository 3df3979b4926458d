using System.Globalization;
using System.Text;
using Agency.Api.Data;
using Agency.Sdk;
using Agency.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using ContactPointKind = Agency.Sdk.ContactPointKind;

namespace Agency.Tests.Debtors;

/// <summary>A debtor of whom everything is known that can be, on account A-1 of harbour, which swift works.</summary>
internal static class Erasures
{
    public const string Name = "Vanishing Debtor";
    public const string Reference = "VD-1";
    public const string IdNumber = "TEST0000ID4455";
    public const string Phone = "+8610000000055";
    public const string Note = "Moves to the seaside in May";
    public const string Point = "+8610000000056";

    /// <summary>What any of the debtor's rows says, in words.</summary>
    public static readonly string[] Words =
    [
        Name, Reference, IdNumber, Phone, "vanishing@example.test", "55 Nowhere Road, Exampleville", Note, Point, "vanishing.sister@example.test", "Vanishing Sister", "Lost the boatyard",
        "A boat", "Vanishing Aunt", "vanishing payslip.pdf", "Two fees too many", "Not found at home",
    ];

    public static readonly ErasureReason Because = new() { Reason = "The debtor asked for it" };

    // Two years and the days for late reports, and an hour.
    public static readonly TimeSpan RetentionOfCn = TestDatabase.Start.AddDays(7).AddYears(2) - TestDatabase.Start + TimeSpan.FromHours(1);

    public static string File(string figures = "100000,0,0") => $"""
        account_number,debtor_reference,debtor_name,id_number,phone,email,address,principal,interest,fees,oldest_due_date
        A-1,{Reference},{Name},{IdNumber},{Phone},vanishing@example.test,"55 Nowhere Road, Exampleville",{figures},2026-01-31
        A-2,AD-2,Example Debtor 2,,+8610000000002,,,200000,0,0,2026-01-31

        """;

    /// <summary>Swift worked the case, and said all that it can say.</summary>
    public static async Task<(Story Story, ContactRecord Record, EvidenceFile Evidence)> AtWorkAsync(NewAgreementTerms? terms = null)
    {
        var story = await Story.AtTenantsAsync();
        await story.PlaceAsync(File(), 180, terms);
        var record = await story.Swift.ContactRecords.CreateAsync(story.Case.Id, story.Call(Note, Point));
        await story.Swift.ContactPoints.CreateAsync(
            story.Case.Id, new NewContactPoint { Kind = ContactPointKind.Email, Value = "vanishing.sister@example.test", Party = Party.LiableParty, HolderName = "Vanishing Sister" });
        var proposal = await story.Swift.SettlementProposals.CreateAsync(story.Case.Id, new NewSettlementProposal
        {
            Kind = SettlementKind.LumpSum,
            Amount = Story.Cny(80_000),
            PayBy = story.Today.AddDays(10),
            Reason = "Lost the boatyard",
            Circumstances = new Circumstances { Assets = "A boat" },
        });
        var evidence = await story.SendAsync(proposal.Id, kind: "income", name: "vanishing payslip.pdf");
        await story.Swift.Cases.RequestReturnAsync(story.Case.Id, new CaseReturn { Code = ReturnCode.Unlocated, Note = "Not found at home" });
        return (story, record, evidence);
    }

    /// <summary>All is paid, by an aunt, but for what harbour forgives: the account is resolved and the case closed.</summary>
    public static async Task PayAllAsync(this Story story)
    {
        await story.Harbour.Waivers.CreateAsync(story.Case.Account.Id, new NewWaiver { Principal = Story.Cny(1_000), Reason = "Two fees too many" });
        await story.ConfirmAsync(await story.Swift.Repayments.CreateAsync(story.Case.Id, new NewRepayment
        {
            Amount = Story.Cny(99_000),
            PaidOn = story.Today,
            Payer = Payer.ThirdParty,
            PayerConsent = true,
            PayerName = "Vanishing Aunt",
        }));
    }

    public static Task SweepAsync(this Story story) => story.Service.Services.GetRequiredService<Agency.Api.Debtors.DueErasures>().SweepAsync(TestContext.Current.CancellationToken);

    public static Task<DebtorErasure> EraseAsync(this Story story, Guid? debtor = null, string? key = null) =>
        story.Harbour.Debtors.EraseAsync(debtor ?? story.Case.Account.Debtor.Id, Because, CallOptions.WithKey(key));

    /// <summary>Every private value of any base table, as it is stored: by what opens under the bank's key, and the blind indexes beside.</summary>
    public static HashSet<string> PrivateValues(this TestDatabase database)
    {
        HashSet<string> values = [];
        foreach (var (table, column, value) in Cells(database))
        {
            if (value is byte[] { Length: > 0 } bytes && (column.EndsWith("_cipher", StringComparison.Ordinal) || column.EndsWith("_index", StringComparison.Ordinal))
                && table is not ("base_idempotency_record" or "base_audit_entry"))
            {
                values.Add(Convert.ToHexString(bytes));
            }
        }

        return values;
    }

    /// <summary>Where any of these values or words stands, in whatever table and column.</summary>
    public static List<string> Find(this TestDatabase database, IEnumerable<string> hex, IEnumerable<string> words)
    {
        var (values, texts) = (hex.ToHashSet(StringComparer.Ordinal), words.ToList());
        return
        [
            .. Cells(database).Where(cell => cell.Value switch
            {
                byte[] bytes => values.Contains(Convert.ToHexString(bytes)) || texts.Exists(word => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(word)) >= 0),
                string text => texts.Exists(word => text.Contains(word, StringComparison.OrdinalIgnoreCase)),
                _ => false,
            }).Select(cell => $"{cell.Table}.{cell.Column}"),
        ];
    }

    /// <summary>The blind indexes that the debtor's values have, as the service makes them.</summary>
    public static IEnumerable<string> BlindIndexes(this Story story)
    {
        var fields = story.Service.Services.GetRequiredService<PrivateFields>();
        var bank = int.Parse(story.Service.Database.Scalar("SELECT tenant_id FROM base_tenant WHERE code = 'harbour'")!, CultureInfo.InvariantCulture);
        yield return Convert.ToHexString(fields.BlindIndex(bank, "debtor", "id_number_index", IdNumber));
        foreach (var value in (string[])[Phone, "vanishing@example.test", "55 Nowhere Road, Exampleville", "vanishing.sister@example.test"])
        {
            yield return Convert.ToHexString(fields.BlindIndex(bank, "contact_point", "value_index", value));
        }
    }

    private static IEnumerable<(string Table, string Column, object Value)> Cells(TestDatabase database)
    {
        using var raw = database.OpenRaw();
        foreach (var table in Names(raw))
        {
            using var command = raw.CreateCommand();
            command.CommandText = $"SELECT * FROM [{table}]";
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                for (var i = 0; i < reader.FieldCount; i++)
                {
                    yield return (table, reader.GetName(i), reader.GetValue(i));
                }
            }
        }
    }

    private static List<string> Names(Microsoft.Data.Sqlite.SqliteConnection raw)
    {
        using var command = raw.CreateCommand();
        command.CommandText = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'";
        using var reader = command.ExecuteReader();
        List<string> names = [];
        while (reader.Read())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }
}
