using System.Management.Automation;
using IotHubDsr.Module.Tests.Certificates;

namespace IotHubDsr.Module.Tests.Pipeline;

/// <summary>What is piped is what a command acts on, and nothing else is.</summary>
public sealed class ContextPipelineTests
{
    [Fact]
    public void EveryCommand_PipedWhatItCannotBind_SaysSoAndDoesNothingElse()
    {
        using var session = ModuleSession.Connected();
        using var folder = new TemporaryFolder();
        using var certificates = new X509Files();
        certificates.Write("ben");
        session.Run("param($plan) $null = New-IotErasurePlan dev1 $plan", folder.File("plan.json"));
        PSObject before = session.Run("Get-IotHubDsrContext").Single();
        session.Sandbox.ClearLog();
        string[] files = Directory.GetFileSystemEntries(folder.Path);

        foreach (PSObject found in session.Run("Get-Command -Module IotHubDsr").Output)
        {
            var command = (CmdletInfo)found.BaseObject;
            foreach (CommandParameterSetInfo set in command.ParameterSets)
            {
                string given = string.Join(' ', set.Parameters.Where(static parameter => parameter.IsMandatory).Select(ValueOf));
                string asked =
                    set.Parameters.Any(static parameter => parameter.Name == "Force") ? "-Force"
                    : set.Parameters.Any(static parameter => parameter.Name == "Confirm") ? "-Confirm:$false"
                    : string.Empty;
                string script = $"param($folder, $plan, $pem) [timespan]::Zero | {command.Name} {given} {asked}";

                ModuleOutcome outcome = session.TryRun(script, folder.Path, folder.File("plan.json"), certificates.Path("ben.pem"));

                Assert.True(outcome.Errors.Count > 0, $"{script}: no error.");
                Assert.True(outcome.Output.Count == 0, $"{script}: gave something.");
                Assert.True(session.Sandbox.Log.Count == 0, $"{script}: asked Azure.");
                Assert.Equal(files, Directory.GetFileSystemEntries(folder.Path));
                Assert.Equal(before.Get("Id"), session.Run("Get-IotHubDsrContext").Single().Get("Id"));
            }
        }
    }

    [Fact]
    public void Disconnect_PipedAConnection_EndsThatOneAndNotTheDefault()
    {
        using var session = ModuleSession.Connected();
        session.Run("$first = $context; $second = Connect-IotHubDsr -Sandbox $sandbox; $first | Disconnect-IotHubDsr");

        Assert.Equal("True", $"{session.Run("(Get-IotHubDsrContext).Id -eq $second.Id").Single()}");
        Assert.NotEmpty(session.Run("$second | Get-IotDataLocation").Output);
        session.TryRun("$first | Get-IotDataLocation").AssertOnly("NotConnected");
        session.Run("$second | Disconnect-IotHubDsr");
        Assert.Empty(session.Run("Get-IotHubDsrContext").Output);
    }

    [Theory]
    [InlineData("Get-IotDataLocation")]
    [InlineData("Get-IotDeviceDataFootprint -DeviceId dev1")]
    [InlineData("Get-IotDeviceDataFootprint -Query \"deviceId = 'dev1'\"")]
    [InlineData("New-IotErasurePlan -DeviceId dev1")]
    public void TwoConnectionsPiped_AreBothUsed(string command)
    {
        using var session = ModuleSession.Connected();
        session.Run("$first = $context; $second = Connect-IotHubDsr -Sandbox $sandbox; $null = Connect-IotHubDsr -Sandbox $sandbox");

        int one = session.Run($"$first | {command}").Output.Count;
        int two = session.Run($"$first, $second | {command}").Output.Count;

        Assert.True(one > 0);
        Assert.Equal(2 * one, two);
    }

    [Fact]
    public void ConnectionAndRequests_BindEachToItsOwnParameter()
    {
        using var session = ModuleSession.Connected();
        using var folder = new TemporaryFolder();
        string id = session.Run("param($s) New-IotDataRequest dev1 -RequestStore $s", folder.Path).Single().Text("RequestId");

        Assert.Equal(id, session.Run("param($s) $context | Get-IotDataRequest -RequestStore $s", folder.Path).Single().Text("RequestId"));
        Assert.Equal(
            id,
            session
                .Run("param($s, $id) $context | Get-IotDataRequest -RequestId $id -RequestStore $s", folder.Path, id)
                .Single()
                .Text("RequestId")
        );
        Assert.Equal(
            id,
            session
                .Run("param($s, $id) [pscustomobject]@{ RequestId = $id } | Get-IotDataRequest -RequestStore $s", folder.Path, id)
                .Single()
                .Text("RequestId")
        );
        Assert.Empty(session.TryRun("param($s) @() | Get-IotDataRequest -RequestStore $s", folder.Path).Output);
    }

    [Fact]
    public void Context_StoredOrMadeByHand_IsRefused()
    {
        using var session = ModuleSession.Connected();
        object stored = PSSerializer.Deserialize(PSSerializer.Serialize(session.Run("$context").Single()));

        Assert.NotEmpty(session.TryRun("param($stored) $stored | Get-IotDataLocation", stored).Errors);
        Assert.NotEmpty(session.TryRun("param($stored) Disconnect-IotHubDsr -Context $stored", stored).Errors);
        Assert.NotEmpty(session.TryRun("[pscustomobject]@{ HubName = 'x' } | Disconnect-IotHubDsr").Errors);
        Assert.Single(session.Run("Get-IotHubDsrContext").Output);
    }

    private static string ValueOf(CommandParameterInfo parameter) =>
        (parameter.Name, parameter.ParameterType.Name) switch
        {
            ("Path", _) => "-Path $folder/made",
            ("Diagnostics", _) => "-Diagnostics $folder/made",
            ("Plan", _) => "-Plan $plan",
            ("Sandbox", _) => "-Sandbox $sandbox",
            (_, "SwitchParameter") => $"-{parameter.Name}",
            (_, "DateTimeOffset") => $"-{parameter.Name} 2026-01-01",
            (_, "SecureString") => $"-{parameter.Name} ([securestring]::new())",
            (_, "X509CertificateSource") => $"-{parameter.Name} $pem",
            ("DeviceId", _) => "-DeviceId dev1",
            _ => $"-{parameter.Name} x",
        };
}
