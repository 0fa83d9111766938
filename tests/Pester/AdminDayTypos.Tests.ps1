#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    . (Join-Path $PSScriptRoot 'Get-Failure.ps1')
    Import-Module (Join-Path $PSScriptRoot '../../IotHubDsr.psd1') -Force
    $script:sandbox = Start-IotHubSandbox
    Connect-IotHubDsr -Sandbox $sandbox -RequestStore (Join-Path $TestDrive 'requests') | Out-Null
}

AfterAll {
    if (Get-IotHubDsrContext) { Disconnect-IotHubDsr }
    Stop-IotHubSandbox $sandbox
}

Describe 'Numbers that nobody counted' {
    It 'are empty, and not 0, in every form of a finding' {
        $uncounted = Get-IotDeviceDataFootprint dev1 -WarningAction SilentlyContinue | Where-Object { -not $_.IsCounted }
        $uncounted | Should -Not -BeNullOrEmpty
        $uncounted | Where-Object { $null -ne $_.Records -or $null -ne $_.RelayedRecords -or $null -ne $_.Bytes } | Should -BeNullOrEmpty
        $uncounted | Where-Object Records -EQ 0 | Should -BeNullOrEmpty
        ($uncounted[0] | Select-Object DeviceId, Records, Bytes | ConvertTo-Csv)[1] | Should -BeLike '*,,'
        ($uncounted[0] | ConvertTo-Json -Depth 1 -WarningAction SilentlyContinue | ConvertFrom-Json).Records | Should -BeNullOrEmpty
        ($uncounted[0] | Format-List | Out-String) | Should -BeLike '*Records*: not counted*'
    }

    It 'are a question mark in the steps of a plan' {
        $plan = New-IotErasurePlan dev1 -WarningAction SilentlyContinue
        $step = $plan.Steps | Where-Object { -not $_.Finding.IsCounted } | Select-Object -First 1
        ($step | Format-Table | Out-String) | Should -Match '\s\?\s'
        $plan.Records | Should -BeGreaterThan 0
    }
}

Describe 'Times that are mistyped' {
    It 'says which form is expected of a number' {
        "$(Get-Failure { New-IotDataRequest dev1 -ReceivedAt 20261101 })" | Should -BeLike '*2026-12-31*'
        "$(Get-Failure { New-IotErasurePlan dev1 -EndTime 2026 })" | Should -BeLike '*2026-12-31*'
    }

    It 'refuses a text that is no day, or can be read as two' {
        foreach ($text in '03/04/2026', '3.4.2026', '05:00', '2026-11') {
            "$(Get-Failure { New-IotErasurePlan dev1 -EndTime $text })" | Should -BeLike '*Write it as 2026-12-31*' -Because $text
        }
    }

    It 'takes a text that is one day' {
        foreach ($text in '2026-03-04', '2026-03-04T05:06:07Z', '2026-03-04 05:06', '11/29/2026', '4 March 2026') {
            { New-IotErasurePlan dev1 -EndTime $text -WarningAction SilentlyContinue } | Should -Not -Throw -Because $text
        }
    }

    It 'takes a bare number of -Within as days' {
        $request = New-IotDataRequest th-020 -ReceivedAt (Get-Date).AddDays(-25)
        (Get-IotDataRequest -Due -Within 10).RequestId | Should -Contain $request.RequestId
        Get-IotDataRequest -Due -Within 1 | Should -BeNullOrEmpty
        (Get-IotDataRequest -Due -Within 10.00:00:00).RequestId | Should -Contain $request.RequestId
    }
}

Describe 'Names of places that are mistyped' {
    It 'refuses a path that is not of the file system' {
        foreach ($command in
            { Export-IotDeviceData dev1 env:x },
            { New-IotErasurePlan dev1 -Path env:p.json },
            { Get-IotDataRequest -RequestStore env:foo }) {
            (Get-Failure $command).FullyQualifiedErrorId | Should -BeLike 'PathNotOfFile,*'
        }
        Test-Path ./x | Should -BeFalse
    }

    It 'refuses a blob container without https as a folder' {
        $failure = Get-Failure { New-IotDataRequest dev1 -RequestStore contosoevidence.blob.core.windows.net/data-requests }
        $failure.FullyQualifiedErrorId | Should -BeLike 'InvalidRequestStore,*'
        Test-Path contosoevidence.blob.core.windows.net | Should -BeFalse
        { & (Join-Path $PSScriptRoot '../../module/Examples/Runbook.ps1') -RequestStore contosoevidence/data-requests -DeviceId x } | Should -Throw '*https*'
    }

    It 'does not take a connection string for a name, and does not repeat it' {
        $failure = Get-Failure { Connect-IotHubDsr 'HostName=h.azure-devices.net;SharedAccessKeyName=a;SharedAccessKey=c2VjcmV0' }
        "$failure" | Should -BeLike '*-ConnectionString*'
        "$($failure.Exception.Message) $($failure.ErrorDetails)" | Should -Not -BeLike '*c2VjcmV0*'
    }

    It 'says of an empty file that it is no certificate' {
        $empty = New-Item (Join-Path $TestDrive 'empty.cer')
        (Get-Failure { Export-IotDeviceData dev1 (Join-Path $TestDrive 'q') -ProtectTo $empty.FullName }).FullyQualifiedErrorId | Should -BeLike 'CertificateUnusable,*'
    }
}

Describe 'Plans that are piped' {
    It 'are all looked at before the first is run' {
        $folder = New-Item -ItemType Directory (Join-Path $TestDrive 'plans')
        New-IotErasurePlan th-030 -Path (Join-Path $folder 'a.json') | Out-Null
        Set-Content (Join-Path $folder 'b.json') 'junk'
        (Get-Failure { Get-ChildItem $folder | Remove-IotDeviceData -Force }).FullyQualifiedErrorId | Should -BeLike 'InvalidPlan,*'
        (Get-IotDeviceDataFootprint th-030 | Where-Object Kind -EQ 'DeviceRegistry').Verdict | Should -Be 'Present'
        Remove-Item (Join-Path $folder 'b.json')
        New-IotErasurePlan th-031 -Path (Join-Path $folder 'c.json') | Out-Null
        $receipts = Get-ChildItem $folder | Remove-IotDeviceData -Force
        $receipts.DeviceId | Sort-Object -Unique | Should -Be 'th-030', 'th-031'
    }

    It 'are not taken for devices when the file is missing' {
        (Get-Failure { 'zz.json' | Remove-IotDeviceData -Force }).FullyQualifiedErrorId | Should -BeLike 'FileNotRead,*'
        (Get-IotDataRequest).DeviceId | Should -Not -Contain 'zz.json'
    }
}

Describe 'What was decided before' {
    It 'is what -WhatIf shows of a hold' {
        $request = New-IotDataRequest th-032
        $location = (Get-IotDeviceDataFootprint th-032 | Where-Object { $_.Kind -eq 'RoutedBlobContainer' -and $_.Records -gt 0 })[0].Location
        $request | Set-IotDataRequest -Hold -LocationId $location.Id -Ground 'case' -ReviewAt (Get-Date).AddYears(1) | Out-Null
        $shell = [powershell]::Create()
        $shell.AddScript("Import-Module '$(Join-Path $PSScriptRoot '../../IotHubDsr.psd1')'").Invoke() | Out-Null
        $shell.Commands.Clear()
        $shell.AddScript('param($context, $request, $path) Start-Transcript $path | Out-Null; $request | Remove-IotDeviceData -Context $context -WhatIf; Stop-Transcript | Out-Null').
            AddArgument((Get-IotHubDsrContext)).AddArgument($request).AddArgument((Join-Path $TestDrive 'whatif.txt')).Invoke() | Out-Null
        $shell.Dispose()
        $shown = Get-Content (Join-Path $TestDrive 'whatif.txt') | Where-Object { $_ -like "*$($location.Place) *" }
        $shown | Should -BeLike '*"Leave what is held"*'
    }

    It 'ends a job that was refused as failed' {
        $taken = New-Item -ItemType Directory (Join-Path $TestDrive 'taken')
        Set-Content (Join-Path $taken 'x') 'x'
        $job = Export-IotDeviceData dev1 $taken.FullName -AsJob
        ($job | Wait-Job -Timeout 600).State | Should -Be 'Failed'
        $job | Remove-Job
    }
}
