using Agency.Host;

if (args is ["tenant", .. var words])
{
    return await TenantCommand.RunAsync(words, Console.Out, Console.Error);
}

await Console.Error.WriteLineAsync("The host can't serve yet. usage: dotnet run --project host -- tenant ...");
return 2;
