using System.Management.Automation;

namespace IotHubDsr.Module.Tests.Connections;

public sealed class ConnectionTests
{
    [Theory]
    [InlineData("", "Entra")]
    [InlineData("-HubAuthentication SharedAccessKey", "SharedAccessKey")]
    public void Connect_Sandbox_GivesAContextThatWorks(string parameters, string authentication)
    {
        using var session = ModuleSession.WithSandbox();

        PSObject context = session.Run($"Connect-IotHubDsr -Sandbox $sandbox {parameters}").Single();
        ModuleOutcome found = session.Run("Get-IotDeviceDataFootprint dev1 | Where-Object Kind -eq DeviceRegistry");

        Assert.Equal("contoso-hub", context.Text("HubName"));
        Assert.Equal(authentication, context.Text("HubAuthentication"));
        Assert.Equal(4, found.Single().Number("Records"));
    }

    [Fact]
    public void Connect_Sandbox_BindsFromThePipeline()
    {
        using var session = ModuleSession.WithSandbox();

        Assert.Equal("contoso-hub", session.Run("$sandbox | Connect-IotHubDsr").Single().Text("HubName"));
    }

    [Fact]
    public void Context_IsTheDefaultOfItsRunspaceOnly()
    {
        using var session = ModuleSession.Connected();
        using var other = ModuleSession.Open();

        Assert.Equal(session.Run("$context.Id").Single().BaseObject, session.Run("(Get-IotHubDsrContext).Id").Single().BaseObject);
        Assert.Empty(other.Run("Get-IotHubDsrContext").Output);
        other.TryRun("Get-IotDataLocation").AssertOnly("NotConnected");
        Assert.NotEmpty(other.Run("param($context) Get-IotDataLocation -Context $context", session.Run("$context").Single()).Output);
    }

    [Fact]
    public void LaterConnection_IsTheDefault_AndTheEarlierGoesOnWorking()
    {
        using var session = ModuleSession.Connected();
        session.Run("$first = $context; $second = Connect-IotHubDsr -Sandbox $sandbox");

        Assert.Equal("True", $"{session.Run("(Get-IotHubDsrContext).Id -eq $second.Id").Single()}");
        Assert.NotEmpty(session.Run("Get-IotDataLocation -Context $first").Output);
    }

    [Fact]
    public void Disconnect_ForgetsTheConnection()
    {
        using var session = ModuleSession.Connected();
        session.Run("Disconnect-IotHubDsr");

        Assert.Empty(session.Run("Get-IotHubDsrContext").Output);
        session.TryRun("Get-IotDataLocation -Context $context").AssertOnly("NotConnected");
    }

    [Theory]
    [InlineData("Get-IotDataLocation")]
    [InlineData("Get-IotDeviceDataFootprint dev1")]
    [InlineData("'dev1' | Export-IotDeviceData -Path nowhere")]
    [InlineData("Remove-IotDeviceData dev1 -Force")]
    [InlineData("Disconnect-IotHubDsr")]
    public void Command_WithoutAConnection_SaysHowToConnect(string command)
    {
        using var session = ModuleSession.Open();

        ModuleOutcome outcome = session.TryRun(command);

        outcome.AssertOnly("NotConnected");
        Assert.Empty(outcome.Output);
        Assert.Contains("Connect-IotHubDsr", Assert.Single(outcome.Errors).ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HostName=contoso-hub.azure-devices.net;SharedAccessKeyName=iothubowner;SharedAccessKey=not*base*64")]
    [InlineData("HostName=contoso-hub.azure-devices.net;SharedAccessKey=c2VjcmV0LXNlY3JldA==")]
    [InlineData("HostName=contoso-hub.azure-devices.net;DeviceId=dev1;SharedAccessKey=c2VjcmV0LXNlY3JldA==")]
    [InlineData("Endpoint=sb://contoso.servicebus.windows.net/;SharedAccessKeyName=x;SharedAccessKey=c2VjcmV0LXNlY3JldA==")]
    [InlineData("c2VjcmV0LXNlY3JldA==")]
    public void Connect_BadConnectionString_IsRefusedWithoutShowingIt(string connectionString)
    {
        const string script = """
            param($text)
            $secret = [securestring]::new()
            $text.ToCharArray() | ForEach-Object { $secret.AppendChar($_) }
            Connect-IotHubDsr -ConnectionString $secret -Verbose -Debug
            """;
        using var session = ModuleSession.Open();

        ModuleOutcome outcome = session.TryRun(script, connectionString);

        outcome.AssertOnly("InvalidConnectionString");
        Assert.DoesNotContain("c2VjcmV0", outcome.AllText, StringComparison.Ordinal);
        Assert.DoesNotContain("not*base*64", outcome.AllText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/subscriptions/x")]
    [InlineData("contoso-hub")]
    [InlineData("/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/s")]
    public void Connect_BadResourceId_IsRefused(string resourceId)
    {
        using var session = ModuleSession.Open();

        session
            .TryRun("param($id) Connect-IotHubDsr -ResourceId $id -CredentialSource Environment", resourceId)
            .AssertOnly("InvalidResourceId");
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("""{"locations":[{"place":"x"}]}""")]
    [InlineData("""{"locations":[{"kind":"DeviceRegistry","place":"x"}]}""")]
    public void Connect_BadLocationFile_IsRefused(string content)
    {
        using var session = ModuleSession.WithSandbox();
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, content);

            session.TryRun("param($file) Connect-IotHubDsr -Sandbox $sandbox -LocationFile $file", file).AssertOnly("InvalidLocationFile");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Connect_ToAHubThatTheAccountMayNotRead_NamesThePermission()
    {
        using var session = ModuleSession.WithSandbox();
        session.Sandbox.Deny($"arm:{session.SandboxObject.Text("ResourceId")}");

        ModuleOutcome outcome = session.TryRun("Connect-IotHubDsr -Sandbox $sandbox");

        outcome.AssertOnly("PermissionMissing");
        Assert.Empty(session.Run("Get-IotHubDsrContext").Output);
    }

    [Fact]
    public void Connect_ToAnUnknownHub_IsHubNotFound()
    {
        using var session = ModuleSession.WithSandbox();
        PSObject sandbox = session.SandboxObject;
        string script = """
            param($missing)
            $copy = $sandbox.PSObject.BaseObject
            $copy.GetType().GetProperty('ResourceId').SetValue($copy, $missing)
            Connect-IotHubDsr -Sandbox $copy
            """;

        ModuleOutcome outcome = session.TryRun(
            script,
            sandbox.Text("ResourceId").Replace("contoso-hub", "no-such-hub", StringComparison.Ordinal)
        );

        outcome.AssertOnly("HubNotFound");
    }

    [Fact]
    public void Connect_WithAWrongSecret_IsRefused()
    {
        using var session = ModuleSession.WithSandbox();
        const string script = """
            $wrong = [securestring]::new()
            'wrong'.ToCharArray() | ForEach-Object { $wrong.AppendChar($_) }
            $sandbox.GetType().GetProperty('ClientSecret').SetValue($sandbox, $wrong)
            Connect-IotHubDsr -Sandbox $sandbox
            """;

        ModuleOutcome outcome = session.TryRun(script);

        outcome.AssertOnly("CredentialUnavailable");
    }
}
