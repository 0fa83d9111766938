using System.Management.Automation;
using System.Security;
using System.Security.Cryptography.X509Certificates;
using IotHubDsr.Module.Tests.Certificates;

namespace IotHubDsr.Module.Tests.Plans;

/// <summary>Ana makes a plan and runs it, Ben approves it.</summary>
public sealed class ApprovePlanTests : IDisposable
{
    private readonly X509Files _files = new();

    private string PlanPath => _files.Path("dev1.plan.json");

    private string SignaturePath => $"{PlanPath}.p7s";

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Approve_ThenRemove_RunsThePlan()
    {
        using var session = ModuleSession.Connected();
        _files.Write("ben");
        _files.Write("ana");

        PSObject approval = session
            .Run(
                "param($path, $pfx, $password) New-IotErasurePlan dev1 $path | Approve-IotErasurePlan -Certificate $pfx "
                    + "-CertificatePassword $password",
                PlanPath,
                _files.Path("ben.pfx"),
                Secret(X509Files.Password)
            )
            .Single();
        ModuleOutcome outcome = session.Run(
            "param($path, $ben, $ana) Remove-IotDeviceData -Plan $path -RequireApproval -ApproverCertificate $ben -SigningCertificate "
                + "$ana -Force",
            PlanPath,
            _files.Path("ben.cer"),
            _files.Path("ana.pem")
        );

        Assert.Equal(("ben", SignaturePath), (approval.Text("ApprovedBy"), approval.Text("SignaturePath")));
        Assert.Contains(outcome.Output, receipt => receipt.Text("Kind") == "DeviceRegistry" && receipt.Text("Verdict") == "Erased");
    }

    [Fact]
    public void Approve_AnyFormOfCertificate_Signs()
    {
        using ModuleSession session = Planned();
        X509Certificate2 certificate = _files.Write("ben");
        SecureString password = Secret(X509Files.Password);

        session.Run(
            "param($plan, $c, $s) Approve-IotErasurePlan $plan $c -SignaturePath $s",
            PlanPath,
            _files.Path("ben.pem"),
            _files.Path("1.p7s")
        );
        session.Run(
            "param($plan, $c, $s, $p) Approve-IotErasurePlan $plan $c -SignaturePath $s -CertificatePassword $p",
            PlanPath,
            _files.Path("ben.locked.pem"),
            _files.Path("2.p7s"),
            password
        );
        session.Run("param($plan, $c, $s) Approve-IotErasurePlan $plan $c -SignaturePath $s", PlanPath, certificate, _files.Path("3.p7s"));
        session.Run(
            "param($plan, $c, $s, $p) Approve-IotErasurePlan $plan ([IO.FileInfo]::new($c)) -SignaturePath $s -CertificatePassword $p",
            PlanPath,
            _files.Path("ben.pfx"),
            _files.Path("4.p7s"),
            password
        );

        for (int i = 1; i <= 4; i++)
        {
            ModuleOutcome outcome = session.Run(
                "param($plan, $ben, $s) Remove-IotDeviceData -Plan $plan -ApproverCertificate $ben -SignaturePath $s -WhatIf",
                PlanPath,
                certificate,
                _files.Path($"{i}.p7s")
            );
            Assert.Empty(outcome.Output);
        }
    }

    [Fact]
    public void Approve_CertificateOfTheStore_IsFoundByThumbprintAndPath()
    {
        using ModuleSession session = Planned();
        using var store = new X509Store(StoreName.My, StoreLocation.CurrentUser, OpenFlags.ReadWrite);
        using X509Certificate2 certificate = X509CertificateLoader.LoadPkcs12(
            X509Files.Make("ben").Export(X509ContentType.Pfx),
            null,
            X509KeyStorageFlags.PersistKeySet
        );
        store.Add(certificate);
        try
        {
            session.Run(
                "param($plan, $c, $s) Approve-IotErasurePlan $plan $c -SignaturePath $s",
                PlanPath,
                certificate.Thumbprint,
                _files.Path("1.p7s")
            );
            session.Run(
                "param($plan, $c, $s) Approve-IotErasurePlan $plan $c -SignaturePath $s",
                PlanPath,
                $@"Cert:\CurrentUser\My\{certificate.Thumbprint.ToLowerInvariant()}",
                _files.Path("2.p7s")
            );
        }
        finally
        {
            store.Remove(certificate);
        }
    }

    [Fact]
    public void Approve_CertificateThatCannotSign_SaysWhyAndTellsNoSecret()
    {
        using ModuleSession session = Planned();
        _files.Write("ben");
        _files.Write("old", DateTimeOffset.UnixEpoch.AddYears(51));
        File.WriteAllText(_files.Path("text.pfx"), "hello");
        File.WriteAllText(_files.Path("text.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        (string Certificate, string? Password, string Reason)[] cases =
        [
            (_files.Path("ben.pfx"), null, "needs a password"),
            (_files.Path("ben.pfx"), "wrong-secret", "the password is wrong"),
            (_files.Path("ben.locked.pem"), null, "needs a password"),
            (_files.Path("ben.locked.pem"), "wrong-secret", "the password is wrong"),
            (_files.Path("ben.cer"), null, "no private key"),
            (_files.Path("old.pem"), null, ", not now"),
            (_files.Path("text.pfx"), null, "not a certificate"),
            (_files.Path("text.pem"), null, "not a certificate"),
            (_files.Path("none.pfx"), null, "cannot be read"),
            (_files.Path("."), null, "cannot be read"),
            (new string('0', 40), null, "no certificate with this thumbprint"),
            (@"Cert:\CurrentUser\My", null, "not of the form"),
            (@"Cert:\CurrentUser\None\" + new string('0', 40), null, "no certificate with this thumbprint"),
        ];

        Assert.All(cases, one =>
        {
            ModuleOutcome outcome = one.Password is null
                ? session.TryRun("param($plan, $c) Approve-IotErasurePlan $plan $c", PlanPath, one.Certificate)
                : session.TryRun(
                    "param($plan, $c, $p) Approve-IotErasurePlan $plan $c -CertificatePassword $p",
                    PlanPath,
                    one.Certificate,
                    Secret(one.Password)
                );
            outcome.AssertOnly("CertificateUnusable");
            Assert.Contains(one.Reason, $"{outcome.Errors[0]}", StringComparison.Ordinal);
            Assert.DoesNotContain("wrong-secret", outcome.AllText, StringComparison.Ordinal);
        });
        Assert.False(File.Exists(SignaturePath));
    }

    [Fact]
    public void Approve_WhatIf_WritesNothingAndNamesTheHub()
    {
        using ModuleSession session = Planned();
        _files.Write("ben");

        Assert.Empty(session.Run("param($plan, $c) Approve-IotErasurePlan $plan $c -WhatIf", PlanPath, _files.Path("ben.pem")).Output);

        Assert.False(File.Exists(SignaturePath));
        Assert.Contains(session.Host.Lines, line =>
            line.Contains($"{PlanPath}: ", StringComparison.Ordinal)
            && line.Contains(" on contoso-hub.azure-devices.net", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Approve_WrongPlanOrPath_IsRefused()
    {
        using ModuleSession session = Planned();
        _files.Write("ben");
        File.WriteAllText(_files.Path("edited.json"), File.ReadAllText(PlanPath).Replace("false", "true", StringComparison.Ordinal));

        void Refused(string id, string script) =>
            session
                .TryRun($"param($plan, $c, $other) {script}", PlanPath, _files.Path("ben.pem"), _files.Path("edited.json"))
                .AssertOnly(id);

        Refused("InvalidPlan", "Approve-IotErasurePlan $other $c");
        Refused("InvalidPlan", "Approve-IotErasurePlan \"$other.none\" $c");
        Refused("PlanNotInFile", "New-IotErasurePlan dev1 | Approve-IotErasurePlan -Certificate $c");
        Refused("FileNotWritten", "Approve-IotErasurePlan $plan $c -SignaturePath $plan");
        Refused("FileNotWritten", "Approve-IotErasurePlan $plan $c; Approve-IotErasurePlan $plan $c");
    }

    [Theory]
    [InlineData("ApproversNotNamed", "Remove-IotDeviceData -Plan $plan -RequireApproval -Force")]
    [InlineData("ApprovalMissing", "Remove-IotDeviceData -Plan $plan -ApproverCertificate $ben -Force")]
    [InlineData("ApprovalMissing", "Remove-IotDeviceData -Plan $plan -ApproverCertificate $ben -SignaturePath \"$plan.none\" -WhatIf")]
    [InlineData(
        "ApproversNotNamed",
        "Approve-IotErasurePlan $plan $ben; Remove-IotDeviceData -Plan $plan -SignaturePath \"$plan.p7s\" -WhatIf"
    )]
    [InlineData("ApproversNotNamed", "Approve-IotErasurePlan $plan $ben; Remove-IotDeviceData -Plan $plan -RequireApproval -Force")]
    [InlineData("ApprovalInvalid", "Approve-IotErasurePlan $plan $ana; Remove-IotDeviceData -Plan $plan -ApproverCertificate $ben -Force")]
    [InlineData(
        "ApprovalInvalid",
        "$null = New-IotErasurePlan dev10 \"$plan.other\"; Approve-IotErasurePlan \"$plan.other\" $ben; Remove-IotDeviceData -Plan $plan "
            + "-SignaturePath \"$plan.other.p7s\" -ApproverCertificate $ben -Force"
    )]
    [InlineData(
        "ApprovalBySelf",
        "Approve-IotErasurePlan $plan $ben; Remove-IotDeviceData -Plan $plan -ApproverCertificate $ben -SigningCertificate $ben -Force"
    )]
    [InlineData(
        "ApprovalBySelf",
        "Approve-IotErasurePlan $plan $ben; Remove-IotDeviceData -Plan $plan -ApproverCertificate $ben -SigningCertificate $ana "
            + "-Performer ben -Force"
    )]
    [InlineData("CertificateUnusable", "Remove-IotDeviceData -Plan $plan -ApproverCertificate \"$plan.cer\" -Force")]
    [InlineData("PlanNotInFile", "$object = New-IotErasurePlan dev1; Remove-IotDeviceData -Plan $object -RequireApproval -Force")]
    public void Remove_PlanWithoutAnApprovalThatCounts_IsRefusedBeforeAnythingIsChangedOrAsked(string id, string script)
    {
        using ModuleSession session = Planned();
        _files.Write("ben");
        _files.Write("ana");

        ModuleOutcome outcome = session.TryRun(
            $"param($plan, $ben, $ana) {script}",
            PlanPath,
            _files.Path("ben.pem"),
            _files.Path("ana.pem")
        );

        outcome.AssertOnly(id);
        Assert.DoesNotContain(outcome.Output, value => value.Properties["RecordsErased"] is not null);
        Assert.DoesNotContain(session.Sandbox.Log, request => request.Mutating);
        if (!script.Contains("New-IotErasurePlan", StringComparison.Ordinal))
            Assert.Empty(session.Sandbox.Log);
    }

    private ModuleSession Planned()
    {
        var session = ModuleSession.Connected();
        session.Run("param($path) $null = New-IotErasurePlan dev1 $path", PlanPath);
        session.Sandbox.ClearLog();
        return session;
    }

    private static SecureString Secret(string text)
    {
        var secret = new SecureString();
        foreach (char character in text)
            secret.AppendChar(character);
        return secret;
    }
}
