#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '../../IotHubDsr.psd1') -Force
    $script:roles = Join-Path $PSScriptRoot '../../module/Roles'
    $script:examples = Join-Path $PSScriptRoot '../../module/Examples'

    # Leaves the account of the sandbox what the roles of some files allow, in the whole subscription.
    function Set-Role([string] $Name) {
        $subscription = ($sandbox.ResourceId -split '/')[0..2] -join '/'
        $assignments = foreach ($file in Get-ChildItem $roles -Filter *.json | Where-Object BaseName -Like $Name) {
            @{ scope = $subscription; role = Get-Content $file.FullName -Raw | ConvertFrom-Json -AsHashtable }
        }
        $control = @{ Headers = @{ 'x-sandbox-key' = $sandbox.ControlKey }; SkipCertificateCheck = $true; ContentType = 'application/json' }
        Invoke-RestMethod -Method Post -Uri "$($sandbox.ControlUri)roles" -Body (@{ assignments = @($assignments) } | ConvertTo-Json -Depth 9) @control
    }
}

Describe 'A managed identity' {
    BeforeAll {
        $script:sandbox = Start-IotHubSandbox
        $env:IDENTITY_ENDPOINT = $sandbox.IdentityEndpoint
        $env:IDENTITY_HEADER = $sandbox.IdentityHeader
    }

    AfterAll {
        Remove-Item env:IDENTITY_ENDPOINT, env:IDENTITY_HEADER
        Stop-IotHubSandbox $sandbox
    }

    It 'connects, and is told apart from the application' {
        $context = Connect-IotHubDsr -Sandbox $sandbox -CredentialSource ManagedIdentity
        $context.CredentialSource | Should -Be 'ManagedIdentity'
        Get-IotDeviceDataFootprint 'dev1' | Where-Object { "$($_.Verdict)" -eq 'Present' } | Should -Not -BeNullOrEmpty
    }

    It 'serves the next sandbox of a session, too' {
        $other = Start-IotHubSandbox
        try {
            $env:IDENTITY_ENDPOINT = $other.IdentityEndpoint
            $env:IDENTITY_HEADER = $other.IdentityHeader
            (Connect-IotHubDsr -Sandbox $other -CredentialSource ManagedIdentity).CredentialSource | Should -Be 'ManagedIdentity'
        }
        finally {
            Stop-IotHubSandbox $other
            $env:IDENTITY_ENDPOINT = $sandbox.IdentityEndpoint
            $env:IDENTITY_HEADER = $sandbox.IdentityHeader
        }
    }

    It 'is refused without the secret that the process is told' {
        $response = Invoke-WebRequest "$($sandbox.IdentityEndpoint)?api-version=2019-08-01&resource=https://management.azure.com" -SkipHttpErrorCheck
        $response.StatusCode | Should -Be 401
    }
}

Describe 'A request store in a container' {
    BeforeEach {
        $script:sandbox = Start-IotHubSandbox
        $script:store = 'https://contosoevidence.blob.core.windows.net/made-by-the-first'
        Connect-IotHubDsr -Sandbox $sandbox -RequestStore $store | Out-Null
    }

    AfterEach {
        Stop-IotHubSandbox $sandbox
    }

    It 'is made by the first request' {
        { Get-IotDataRequest } | Should -Throw -ErrorId 'RequestStoreUnreadable,*' -ExpectedMessage '*the first request registered in it creates it*'
        $request = New-IotDataRequest 'th-001'
        (Get-IotDataRequest).RequestId | Should -Be $request.RequestId
    }

    It 'that is missing is named, with the right to make it, when that is missing too' {
        Set-Role -Name '*'
        { New-IotDataRequest 'th-001' } | Should -Throw -ErrorId 'PermissionMissing,*' -ExpectedMessage '*is not allowed to create the request store*containers/write is missing*'
    }
}

Describe 'The Quickstart' {
    BeforeAll {
        # -Clean removes what every Quickstart of this user has left: the runs of two versions of Pester take turns.
        $script:turn = [Threading.Mutex]::new($false, 'iothubdsr-quickstart-tests')
        try { $turn.WaitOne() | Out-Null } catch [Threading.AbandonedMutexException] { Write-Verbose 'Another run ended in its turn.' }

        # As a person runs it: in a PowerShell of its own.
        $script:told = & dotnet ([Environment]::GetCommandLineArgs()[0]) -NoLogo -NoProfile -File (Join-Path $examples 'Quickstart.ps1')

        # A line without what differs from run to run: numbers, digests, the folder, and the width of columns.
        function Get-Plain([string] $Line) {
            ($Line -replace '\S*iothubdsr-\S*', 'PATH' -replace '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', '#' -replace '\b[0-9a-f]{8,}\b', '#' -replace '\d+(\.\d+)?', '#' -replace '[\s-]+', ' ').Trim()
        }
    }

    AfterAll {
        $turn.ReleaseMutex()
        $turn.Dispose()
    }

    It 'prints what docs/quickstart.md and README show, numbers aside' {
        $LASTEXITCODE | Should -Be 0
        $printed = @($told | ForEach-Object { Get-Plain $_ } | Where-Object { $_ })
        foreach ($document in @{ Path = 'docs/quickstart.md'; Lines = 80 }, @{ Path = 'README.md'; Lines = 12 }) {
            $path, $text = $document.Path, (Get-Content (Join-Path $PSScriptRoot "../../$($document.Path)") -Raw)
            $sample = [regex]::Match($text, '(?s)```text\r?\n(1\. Start a simulated Azure.*?)```').Groups[1].Value
            $shown = @($sample -split '\r?\n' | Where-Object { Get-Plain $_ })
            $shown.Count | Should -BeGreaterThan $document.Lines
            $at = 0
            $mayLeaveOut = $false
            foreach ($line in $shown) {
                if ($line.Trim() -eq '…') { $mayLeaveOut = $true; continue }
                $found = [Array]::IndexOf($printed, (Get-Plain $line), $at)
                $found | Should -BeGreaterOrEqual $at -Because "$path shows: $line"
                if (-not $mayLeaveOut) { $found | Should -Be $at -Because "$path leaves out what is printed before: $line" }
                $at = $found + 1
                $mayLeaveOut = $false
            }

            if (-not $mayLeaveOut) { $at | Should -Be $printed.Count -Because "$path leaves out what is printed last" }
        }
    }

    It 'keeps the package and the report where it says, and removes them with -Clean' {
        $folder = [regex]::Match("$($told[-1])", 'are in (.+); -Clean').Groups[1].Value
        Join-Path $folder 'report.html' | Should -Exist
        Join-Path $folder 'package/bagit.txt' | Should -Exist
        & (Join-Path $examples 'Quickstart.ps1') -Clean | Out-Null
        $folder | Should -Not -Exist
    }
}
