;; -*- lexical-binding: t -*-
;; Opens, repairs, types and undoes in Emacs, and compares what its diagnostics are with what `check` says.

;; Eglot checks that fields are there that the protocol demands; this is looked at when it is loaded.
(defvar eglot-strict-mode '(enforce-required-keys check-types))
(require 'package)
(package-initialize)
(require 'eglot)
(require 'flymake)

(defconst limit 60)
(defconst repository (file-name-as-directory (getenv "REPOSITORY")))
(defconst files (split-string (getenv "FILES")))

;; The modes for these languages are no part of Emacs; what matters of them here is their name.
(dolist (mode '(dockerfile-mode yaml-mode terraform-mode))
  (unless (fboundp mode)
    (eval `(define-derived-mode ,mode prog-mode ,(symbol-name mode)))))
(defconst modes '(("Dockerfile" . dockerfile-mode) ("yaml" . yaml-mode) ("tf" . terraform-mode)))
(add-to-list 'eglot-server-programs `((dockerfile-mode yaml-mode terraform-mode) . (,(getenv "SERVER"))))
(setq project-find-functions (list (lambda (_) (cons 'transient repository)))
      ;; To eglot as strict as this, `null' is a hover without contents.
      eglot-ignored-server-capabilities '(:hoverProvider)
      eglot-autoreconnect nil
      eglot-sync-connect limit
      eglot-connect-timeout limit
      eglot-confirm-server-edits nil
      eglot-confirm-server-initiated-edits nil
      make-backup-files nil
      create-lockfiles nil)

(defun buffer-of (file)
  (get-file-buffer (concat repository file)))

(defun place (position)
  "The line and the column of POSITION in units of UTF-16, from 0."
  (save-excursion
    (goto-char position)
    (format "%d:%d" (1- (line-number-at-pos))
            (/ (length (encode-coding-string (buffer-substring (line-beginning-position) position) 'utf-16le)) 2))))

(defun lines ()
  "What an editor draws: the ranges have gone through eglot's own conversion to positions."
  (sort
   (apply
    #'append
    (mapcar
     (lambda (file)
       (with-current-buffer (buffer-of file)
         (mapcar
          (lambda (diagnostic)
            (let ((told (cdr (assq 'eglot-lsp-diag (flymake-diagnostic-data diagnostic)))))
              (unless (equal (plist-get told :source) "seaworthy")
                (error "Of which source? %S" told))
              (format "%s:%s-%s %s[%s] %s" file
                      (place (flymake-diagnostic-beg diagnostic)) (place (flymake-diagnostic-end diagnostic))
                      (nth (plist-get told :severity) '("none" "error" "warning" "info" "hint"))
                      (plist-get told :code)
                      (replace-regexp-in-string "\n" "\\n" (plist-get told :message) t t))))
          (flymake-diagnostics))))
     files))
   #'string<))

(defun wait-for (what condition)
  "Wait until CONDITION holds, and fail with WHAT after a minute."
  (let ((end (time-add nil limit)))
    (while (not (funcall condition))
      (unless (time-less-p nil end)
        (error "After a minute: %s" what))
      (accept-process-output nil 0.05))))

(defun contents (file)
  (with-temp-buffer
    (insert-file-contents file)
    (buffer-string)))

(defun settle (state &optional expected)
  "Wait until the diagnostics are those that `check' says of STATE, and keep them in any case."
  (let ((wanted (split-string (contents (concat (getenv "EXPECTED") "/" (or expected state))) "\n" t)))
    (unwind-protect
        (wait-for (format "not what check says of `%s'" state) (lambda () (equal (lines) wanted)))
      (let ((coding-system-for-write 'utf-8-unix))
        (write-region (mapconcat (lambda (line) (concat line "\n")) (lines) "") nil
                      (concat (getenv "RECORD") "/" state) nil 'silent)))))

(defun run ()
  (dolist (file files)
    (with-current-buffer (find-file-noselect (concat repository file))
      (funcall (cdr (assoc (car (last (split-string file "[./]"))) modes)))
      (if (eglot-current-server)
          (eglot--maybe-activate-editing-mode)
        (apply #'eglot (eglot--guess-contact)))
      (wait-for "the buffer is not managed" (lambda () (eglot-managed-p)))
      ;; Flymake begins when a buffer is shown, and here none is.
      (flymake-start)))
  (settle "first")
  (when (equal (getenv "MODE") "die")
    (signal-process (emacs-pid) 'SIGKILL))

  (with-current-buffer (buffer-of "web/Dockerfile")
    (unless (eq (coding-system-eol-type buffer-file-coding-system) 1)
      (error "Not read as a file with CRLF"))
    (goto-char (point-min))
    (re-search-forward "^CMD")
    (let* ((actions (append (eglot-code-actions (line-beginning-position) (line-end-position) "quickfix") nil))
           (preferred (seq-filter (lambda (action) (eq (plist-get action :isPreferred) t)) actions)))
      (unless (= (length preferred) 1)
        (error "Not one preferred fix: %S" actions))
      ;; The choice that eglot offers first is the preferred one.
      (cl-letf (((symbol-function 'completing-read)
                 (lambda (_ __ &optional ___ ____ _____ ______ default &rest _______)
                   (unless (equal default (plist-get (car preferred) :title))
                     (error "Eglot prefers %S" default))
                   default)))
        (let ((last-nonmenu-event t))
          (eglot-code-actions (line-beginning-position) (line-end-position) nil t))))
    (save-buffer)
    (settle "fixed")

    (setq buffer-undo-list nil)
    (goto-char (point-max))
    (insert "USER root\n")
    (goto-char (point-min))
    (search-forward "🚢 é")
    (delete-region (match-beginning 0) (1- (match-end 0)))
    ;; Eglot tells of changes when Emacs is idle, which it never is here.
    (eglot--signal-textDocument/didChange))
  (with-current-buffer (buffer-of "cloudbuild.yaml")
    (search-forward "- Dockerfile.production")
    (replace-match "- web/Dockerfile")
    (eglot--signal-textDocument/didChange))
  (settle "typed")
  (dolist (file '("web/Dockerfile" "cloudbuild.yaml"))
    (with-current-buffer (buffer-of file)
      (primitive-undo (length buffer-undo-list) buffer-undo-list)
      (eglot--signal-textDocument/didChange)))
  (settle "undone" "fixed")
  ;; Having told the server to exit, eglot kills it, however soon it would end by itself.
  (advice-add 'jsonrpc-shutdown :before
              (lambda (connection &rest _)
                (wait-for "the server has not ended" (lambda () (not (process-live-p (jsonrpc--process connection)))))))
  (eglot-shutdown (with-current-buffer (buffer-of (car files)) (eglot-current-server)) nil limit))

(condition-case problem
    (run)
  (error
   (message "%s" (error-message-string problem))
   (dolist (buffer (buffer-list))
     (when (string-match-p "EGLOT" (buffer-name buffer))
       (message "%s:\n%s" (buffer-name buffer) (with-current-buffer buffer (buffer-string)))))
   (kill-emacs 1)))
