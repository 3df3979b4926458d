// A bank pushes a CSV of accounts, with a bar of progress:
//     AGENCY_API=https://api.example.com AGENCY_CLIENT=harbour-api AGENCY_SECRET=… dotnet run -- accounts.csv "Cards" CNY
// Safe to run again: the portfolio is found by its name, and accounts it has already are brought to the file's figures.
// Ends with 0 (all rows taken), 1 (refused, or rows were rejected) or 2 (misused).
using Agency.Samples;
using Agency.Sdk;

if (args is not [var path, var name, var currency])
{
    Console.Error.WriteLine("Usage: BankPush <file.csv> <portfolio> <currency>");
    return 2;
}

if (!File.Exists(path))
{
    Console.Error.WriteLine($"There is no file {path}.");
    return 2;
}

try
{
    using var agency = new AgencyClient(new AgencyClientOptions
    {
        BaseAddress = new Uri(Environment.GetEnvironmentVariable("AGENCY_API") ?? "http://localhost:5080"),
        ClientId = Environment.GetEnvironmentVariable("AGENCY_CLIENT"),
        ClientSecret = Environment.GetEnvironmentVariable("AGENCY_SECRET"),
        ApplicationName = "bank-push",
    });

    var portfolio = await agency.Portfolios.ListAsync().FirstOrDefaultAsync(known => known.Name == name)
        ?? await agency.Portfolios.CreateAsync(new NewPortfolio { Name = name, Currency = currency });

    using var file = File.OpenRead(path);
    var import = await agency.Portfolios.ImportAsync(portfolio.Id, file, new ProgressBar(), new ImportOptions { Mode = ImportMode.Both });
    Console.WriteLine();
    await foreach (var error in agency.Imports.ListErrorsAsync(import.Id))
    {
        Console.Error.WriteLine($"{path}({error.Line}): {error.Column} {error.Code}: {error.Message}");
    }

    Console.WriteLine($"{import.RowsAccepted} new, {import.RowsRefreshed} refreshed, {import.RowsRejected} rejected: {import.State}");
    return import.State == ImportState.Completed && import.RowsRejected == 0 ? 0 : 1;
}
catch (Exception misuse) when (misuse is ArgumentException or UriFormatException)
{
    Console.Error.WriteLine(misuse.Message);
    return 2;
}
catch (AgencyUnauthorizedException)
{
    Console.Error.WriteLine("The API does not know these credentials: see AGENCY_CLIENT and AGENCY_SECRET.");
    return 1;
}
catch (AgencyException refusal)
{
    Console.Error.WriteLine(refusal.Message);
    return 1;
}
